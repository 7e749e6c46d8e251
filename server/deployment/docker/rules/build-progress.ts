import { objectOf, saidIn, textOf } from "./answer-line.ts";
import type { Pulled } from "./pull-progress.ts";
import { afterLine, nothingPulled } from "./pull-progress.ts";

/** How far a build is: what it is built on, what has been made, what was printed; what went wrong; whether the end was said. */
export type Built = {
  /** The images that it is built on, as far as they had to be pulled. */
  base: Pulled;
  /** The step at work, counted from 1, and how many there are; `null` before the first. */
  step: { now: number; of: number } | null;
  /** The image that the last stage came to. */
  image: string | null;
  /** Images that were made along the way, one a step, by the beginnings of their ids. */
  made: readonly string[];
  /** Whole lines that were printed by the last event, and the newest that the command of the step at work has printed. */
  fresh: readonly string[];
  newest: readonly string[];
  /** What was printed of a line that has no end yet. */
  rest: string;
  /** The step at work takes an image as it is, so that the next id is of one that was there before. */
  takes: boolean;
  error: string | null;
  finished: boolean;
};

export const nothingBuilt: Built = {
  base: nothingPulled,
  step: null,
  image: null,
  made: [],
  fresh: [],
  newest: [],
  rest: "",
  takes: false,
  error: null,
  finished: false,
};

const KEPT_LINES = 15;

/** One line of the engine's answer: JSON with `stream` (what is printed), `aux` (an image's id), `error`, or as in a pull. */
export function afterBuildLine(before: Built, line: string): Built {
  const base = afterLine(before.base, line);
  const now = { ...before, base, error: base.error, fresh: [] };
  if (line.trim() === "" || base.error !== null) return now;
  const { event } = saidIn(line);
  const image = textOf(objectOf(event, "aux"), "ID");
  const printed = textOf(event, "stream");
  if (image !== null) return { ...now, image };
  return printed === null ? now : afterPrinted(now, printed);
}

function afterPrinted(before: Built, printed: string): Built {
  const lines = (before.rest + printed).split("\n");
  const rest = lines.pop() ?? "";
  const fresh = lines.map(plain).filter((line) => line !== "");
  return fresh.reduce(afterPrintedLine, { ...before, rest, fresh });
}

function afterPrintedLine(before: Built, line: string): Built {
  const [, now, of] = /^Step (\d+)\/(\d+) : /.exec(line) ?? [];
  if (now !== undefined) {
    const step = { now: Number(now), of: Number(of) };
    return { ...before, step, newest: [], takes: /^Step \S+ : FROM\s/i.test(line) };
  }
  const made = /^---> ([0-9a-f]{12})$/.exec(line)?.[1];
  if (made !== undefined) return before.takes ? before : { ...before, made: [...before.made, made] };
  if (/^---> |^Removing intermediate container /.test(line)) return before;
  const built = /^Successfully built ([0-9a-f]{12})$/.exec(line)?.[1];
  const finished = before.finished || (built !== undefined && before.image?.startsWith(`sha256:${built}`) === true);
  return { ...before, finished, newest: [...before.newest, line].slice(-KEPT_LINES) };
}

/** Without colours, and what a line that was written over itself came to. */
function plain(line: string): string {
  // eslint-disable-next-line no-control-regex -- colours begin with a control character
  const text = line.replace(/\u001b\[[\d;]*[A-Za-z]/g, "").trim();
  return text.slice(text.lastIndexOf("\r") + 1).trim();
}
