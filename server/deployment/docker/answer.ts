import { AppError } from "../../platform/errors.ts";

/** How one of the engine's long answers is read: what is known of it, line by line. */
export type Reading<State> = {
  begin: State;
  after: (state: State, line: string) => State;
  /** Called with every part that comes. */
  told?: (state: State) => void;
  /** The error for what went wrong. */
  failed: (reason: string, state: State, cause?: unknown) => AppError;
  signal?: AbortSignal;
};

/**
 * Reads what the engine says of a pull or a build, to its end. It answers 200 before it has begun, and says what went wrong in the stream, or
 * just breaks off: so each line is looked at, and one that has no end is the end of work that did not succeed.
 */
export async function readAnswer<State extends { error: string | null; finished: boolean }>(
  stream: NodeJS.ReadableStream,
  { begin, after, told, failed, signal }: Reading<State>,
): Promise<State> {
  let state = begin;
  let rest = "";
  stream.setEncoding("utf8");
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      state = lines.reduce(after, state);
      if (state.error !== null) throw failed(state.error, state);
      told?.(state);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError ? error : failed("the connection to Docker broke off", state, error);
  }
  signal?.throwIfAborted();
  if (rest.trim() !== "") throw failed("the answer broke off in the middle of a line", state);
  if (!state.finished) throw failed("the answer ended before all had come", state);
  return state;
}
