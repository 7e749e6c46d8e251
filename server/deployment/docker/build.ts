import { redactUrls } from "../../platform/log.ts";
import type { AppError } from "../../platform/errors.ts";
import { readAnswer } from "./answer.ts";
import type { Built } from "./rules/build-progress.ts";
import { afterBuildLine, nothingBuilt } from "./rules/build-progress.ts";

export type BuildOptions = {
  /** The error for the words of the engine, with the last lines that were printed behind them. */
  failed: (words: string, cause?: unknown) => AppError;
  /** Bytes of the images that it is built on; said again with every sign of life. */
  onBytes?: (done: number) => void;
  /** Which step is at work, and how many there are; said again with every sign of life, unless bytes come. */
  onStep?: (step: number, of: number) => void;
  /** Every line that is printed. */
  onLine?: (line: string) => void;
  /** Images that were made along the way, by the beginnings of their ids: one a step, the last one of all among them. */
  onMade?: (ids: readonly string[]) => void;
  signal?: AbortSignal;
};

/** Reads what the engine says of a build, to its end, and returns the image's id. */
export async function readBuild(stream: NodeJS.ReadableStream, options: BuildOptions): Promise<string> {
  const { failed, onLine, onMade, signal } = options;
  const { image } = await readAnswer<Built>(stream, {
    begin: nothingBuilt,
    after: (before, line) => {
      const now = afterBuildLine(before, line);
      for (const printed of now.fresh) onLine?.(printed);
      if (now.made !== before.made) onMade?.(now.made);
      return now;
    },
    told: teller(options),
    failed: (reason, { newest, rest }, cause) => failed(redactUrls([reason, ...newest, rest].join("\n").trim()), cause),
    ...(signal === undefined ? {} : { signal }),
  });
  if (image === null) throw failed("the engine did not say which image it is");
  return image;
}

/** Says what moves: bytes while an image comes, else the step. */
function teller({ onBytes, onStep }: BuildOptions): (now: Built) => void {
  let bytes = 0;
  return ({ base, step }) => {
    if (step === null || base.done !== bytes) onBytes?.(base.done);
    else onStep?.(step.now, step.of);
    bytes = base.done;
  };
}
