import { z } from "zod";
import type { JournalEntry, Outcome } from "../../server/updates/contract.ts";
import { factsOf } from "../../server/updates/rules/status.ts";
import type { LoadAnswer } from "./load-contract.ts";

/** What one run of the check measured: one member of the last line's `runs`. */
export const runFiguresSchema = z.object({
  to: z.string(),
  outcome: z.string(),
  reads: z.int(),
  failedReads: z.int(),
  longestReadMs: z.int(),
  writes: z.int(),
  refusedWrites: z.int(),
  lostWrites: z.int(),
  writePauseMs: z.int(),
  booksEqual: z.boolean(),
  dataHashEqual: z.boolean(),
});
export type RunFigures = z.infer<typeof runFiguresSchema>;

export type Measured = {
  to: string;
  outcome: Outcome | null;
  reads: readonly LoadAnswer[];
  writes: readonly LoadAnswer[];
  /** Saves that were acknowledged and are not in the database afterwards. */
  lost: number;
  journal: readonly JournalEntry[];
};

/** The figures of a run, from what the load processes saw and what the run wrote down. */
export function figuresOf({ to, outcome, reads, writes, lost, journal }: Measured): RunFigures {
  const { booksBefore, booksAfter, dataHashBefore, dataHashAfter } = factsOf(journal);
  const complete = outcome === "complete";
  return {
    to,
    outcome: outcome ?? "unknown",
    reads: reads.length,
    failedReads: reads.filter((answer) => answer.kind !== "ok").length,
    longestReadMs: Math.round(Math.max(0, ...reads.map((answer) => answer.ms))),
    writes: writes.length,
    refusedWrites: writes.filter((answer) => answer.kind === "refused").length,
    lostWrites: lost,
    writePauseMs: pauseOf(writes),
    // After a commit the books were compared on the copy before it went live: a difference would have ended the run. On the way back
    // they are taken a second time.
    booksEqual: complete || JSON.stringify(booksBefore) === JSON.stringify(booksAfter),
    dataHashEqual: dataHashBefore !== undefined && dataHashBefore === dataHashAfter,
  };
}

/** From the first refused save to the first that was acknowledged after it, in milliseconds; the longest over all pauses. */
function pauseOf(writes: readonly LoadAnswer[]): number {
  const inOrder = writes.toSorted((a, b) => a.at - b.at);
  let since: number | null = null;
  let longest = 0;
  for (const answer of inOrder) {
    if (answer.kind === "refused") since ??= answer.at;
    else if (answer.kind === "ok" && since !== null && answer.at > since) {
      longest = Math.max(longest, answer.at + answer.ms - since);
      since = null;
    }
  }
  return Math.round(longest);
}

/** What is wrong with the figures of a run, as sentences; empty when all that is promised was kept. */
export function brokenPromises(
  figures: RunFigures,
  expected: { outcome: Outcome; longestReadMs: number; strangeWrites: readonly string[] },
): string[] {
  const { to } = figures;
  const promises: [kept: boolean, sentence: string][] = [
    [figures.outcome === expected.outcome, `ended ${figures.outcome}, not ${expected.outcome}`],
    [figures.reads > 50, `only ${figures.reads} reads`],
    [figures.writes > 10, `only ${figures.writes} writes`],
    [figures.failedReads === 0, `${figures.failedReads} reads failed`],
    [figures.longestReadMs < expected.longestReadMs, `a read took ${figures.longestReadMs} ms`],
    [figures.refusedWrites > 0, "no write was refused, so the pause was not seen"],
    [expected.strangeWrites.length === 0, `writes were answered otherwise: ${expected.strangeWrites.slice(0, 3).join("; ")}`],
    [figures.lostWrites === 0, `${figures.lostWrites} acknowledged writes are gone`],
    [figures.writePauseMs < 8000, `saving was paused for ${figures.writePauseMs} ms`],
    [figures.booksEqual, "the books differ"],
    [figures.dataHashEqual || expected.outcome === "complete", "the data differs"],
  ];
  return promises.filter(([kept]) => !kept).map(([, sentence]) => `${to}: ${sentence}`);
}
