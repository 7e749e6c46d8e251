import { z } from "zod";
import type { Books } from "../../server/databases/contract.ts";
import type { DeclaredChange } from "../../server/releases/contract.ts";
import type { JournalEntry, Outcome } from "../../server/updates/contract.ts";
import { undeclaredDifferences } from "../../server/updates/rules/books.ts";
import { factsOf } from "../../server/updates/rules/status.ts";
import type { LoadAnswer } from "./load-contract.ts";
import type { Fault } from "./publish.ts";

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
  /** The books of the live database, taken when nobody was at work any more. */
  booksNow: Books;
  /** What the release says that it changes in the books. */
  declared: readonly DeclaredChange[];
};

/** The table that the load saves into. */
const SAVED_INTO = "customers";

/** The figures of a run, from what the load processes saw, what the run wrote down, and what is in the database afterwards. */
export function figuresOf(measured: Measured): RunFigures {
  const { to, outcome, reads, writes, lost, journal } = measured;
  const { dataHashBefore, dataHashAfter } = factsOf(journal);
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
    booksEqual: bookDifferences(measured).length === 0,
    dataHashEqual: dataHashBefore !== undefined && dataHashBefore === dataHashAfter,
  };
}

/**
 * What differs between the books of the pause and those of the live database afterwards, as sentences: people saved on, and a release that was kept
 * may change what it declared; nothing else may. Of a run that went back, those that it took on the way back must be equal too.
 */
export function bookDifferences({ outcome, writes, journal, booksNow, declared }: Measured): string[] {
  const taken = journal.findLast((entry) => entry.type === "fact" && entry.fact.booksBefore !== undefined);
  const { booksBefore, booksAfter } = factsOf(journal);
  if (taken === undefined || booksBefore === undefined) return ["the books were not taken in the pause"];
  // The fence was closed when they were taken: a save that began later, and was acknowledged, is not in them.
  const since = writes.filter(({ kind, at }) => kind === "ok" && at >= Date.parse(taken.at)).length;
  const kept = outcome === "complete";
  const differences = undeclaredDifferences(withRows(booksBefore, since), booksNow, kept ? declared : []);
  if (kept) return differences;
  if (booksAfter === undefined) return [...differences, "the books were not taken on the way back"];
  return [...differences, ...undeclaredDifferences(booksBefore, booksAfter, [])];
}

function withRows(books: Books, saved: number): Books {
  return { tables: books.tables.map((one) => (one.table === SAVED_INTO ? { ...one, rows: one.rows + saved } : one)) };
}

/** Where the run failed first, and of what; `null` when nothing failed. */
export function faultOf(journal: readonly JournalEntry[]): { step: string; code: string } | null {
  const failed = journal.find((entry) => entry.type === "failed");
  return failed === undefined ? null : { step: failed.step, code: failed.problem.code };
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

/** How a run must go: `fault` is what is wrong with the release, `null` when nothing is. */
export type Expected = { longestReadMs: number; fault: Fault | null };
/** What was seen of a run beside its figures. */
export type Seen = { fault: ReturnType<typeof faultOf>; strangeWrites: readonly string[] };

/** What is wrong with a run, as sentences; empty when all that is promised was kept. */
export function brokenPromises(figures: RunFigures, seen: Seen, expected: Expected): string[] {
  const { to } = figures;
  const outcome = expected.fault === null ? "complete" : "rolled_back";
  const promises: [kept: boolean, sentence: string][] = [
    [figures.outcome === outcome, `ended ${figures.outcome}, not ${outcome}`],
    [
      faultWords(seen.fault) === faultWords(expected.fault),
      `failed ${faultWords(seen.fault)}, not ${faultWords(expected.fault)}`,
    ],
    [figures.reads > 50, `only ${figures.reads} reads`],
    [figures.writes > 10, `only ${figures.writes} writes`],
    [figures.failedReads === 0, `${figures.failedReads} reads failed`],
    [figures.longestReadMs < expected.longestReadMs, `a read took ${figures.longestReadMs} ms`],
    [figures.refusedWrites > 0, "no write was refused, so the pause was not seen"],
    [seen.strangeWrites.length === 0, `writes were answered otherwise: ${seen.strangeWrites.slice(0, 3).join("; ")}`],
    [figures.lostWrites === 0, `${figures.lostWrites} acknowledged writes are gone`],
    [figures.writePauseMs < 8000, `saving was paused for ${figures.writePauseMs} ms`],
    [figures.booksEqual, "the books differ"],
    [figures.dataHashEqual || expected.fault === null, "the data differs"],
  ];
  return promises.filter(([kept]) => !kept).map(([, sentence]) => `${to}: ${sentence}`);
}

function faultWords(fault: { step: string; code: string } | null): string {
  return fault === null ? "nowhere" : `at ${fault.step} with ${fault.code}`;
}
