import { AppError } from "../../platform/errors.ts";
import { readAnswer } from "./answer.ts";
import { saidIn, textOf } from "./rules/answer-line.ts";

type Loaded = { error: string | null; finished: boolean };

/** Reads what the engine says of an image that is loaded, to its end. Throws `engine-refused`. */
export async function readLoad(stream: NodeJS.ReadableStream, signal: AbortSignal | undefined): Promise<void> {
  await readAnswer<Loaded>(stream, {
    begin: { error: null, finished: false },
    after: (before, line) => {
      if (line.trim() === "") return before;
      const { event, error } = saidIn(line);
      return { error, finished: before.finished || (textOf(event, "stream") ?? "").startsWith("Loaded image") };
    },
    failed: (reason, _state, cause) => new AppError("engine-refused", { reason }, { cause }),
    ...(signal === undefined ? {} : { signal }),
  });
}
