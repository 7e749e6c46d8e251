import { AppError } from "../../platform/errors.ts";
import type { Pulled } from "./rules/pull-progress.ts";
import { afterLine, nothingPulled } from "./rules/pull-progress.ts";

export type PullOptions = {
  reference: string;
  onBytes?: (done: number, total: number | null) => void;
  signal?: AbortSignal;
};

/**
 * Reads what the engine says of a pull, to its end. It answers 200 before it has begun, and says what went wrong in the stream, or just breaks
 * off: so each line is looked at, and one that has no end is the end of a pull that did not succeed. Throws `image-not-pulled`.
 */
export async function readPull(stream: NodeJS.ReadableStream, { reference, onBytes, signal }: PullOptions): Promise<void> {
  const failed = (reason: string, cause?: unknown) =>
    new AppError("image-not-pulled", { reference, reason }, cause === undefined ? {} : { cause });
  let state: Pulled = nothingPulled;
  let rest = "";
  stream.setEncoding("utf8");
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      state = lines.reduce(afterLine, state);
      if (state.error !== null) throw failed(state.error);
      onBytes?.(state.done, state.total);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError ? error : failed("the connection to Docker broke off", error);
  }
  signal?.throwIfAborted();
  if (rest.trim() !== "") throw failed("the answer broke off in the middle of a line");
  if (!state.finished) throw failed("the answer ended before all had come");
}
