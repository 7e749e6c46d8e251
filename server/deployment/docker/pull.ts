import { AppError } from "../../platform/errors.ts";
import { readAnswer } from "./answer.ts";
import { afterLine, nothingPulled } from "./rules/pull-progress.ts";

export type PullOptions = {
  reference: string;
  onBytes?: (done: number, total: number | null) => void;
  signal?: AbortSignal;
};

/** Reads what the engine says of a pull, to its end. Throws `image-not-pulled`. */
export async function readPull(stream: NodeJS.ReadableStream, { reference, onBytes, signal }: PullOptions): Promise<void> {
  await readAnswer(stream, {
    begin: nothingPulled,
    after: afterLine,
    told: ({ done, total }) => onBytes?.(done, total),
    failed: (reason, _state, cause) => new AppError("image-not-pulled", { reference, reason }, { cause }),
    ...(signal === undefined ? {} : { signal }),
  });
}
