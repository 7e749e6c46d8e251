import type { JournalEntry, Outcome, StepName } from "../contract.ts";

/** What the decision knows of a step (the data half of `Step`). */
export type StepRule = {
  name: StepName;
  /** After a crash in the middle, when `isDone` says no: begin it again, or go back. */
  onInterrupt: "again" | "go-back";
  /** Whether it changes what people can do or see: before the first such step a run fails, afterwards it is rolled back. */
  touches: boolean;
};

export type Action =
  | { do: "nothing" }
  | { do: "run"; step: StepName; attempt: number }
  /** A crash fell into the step: ask the world whether it is done, then write `done`, `again` or `failed`. */
  | { do: "check"; step: StepName; ifNot: "again" | "go-back" }
  | { do: "undo"; step: StepName; attempt: number }
  | { do: "finish"; outcome: Outcome };

/** A journal that grows beyond this is a loop; a person is called. An undisturbed update has about 40 entries. */
export const MAX_ENTRIES = 400;
/** How often an interrupted step is begun again, an undo is tried, opening after the commit is tried, and cleaning up. */
export const ATTEMPTS = { again: 2, undo: 8, afterCommit: 30, cleanup: 3 } as const;

/**
 * The next action of a run, from its journal alone. With `commit` done it never says `undo`; without it, anything that failed leads back
 * over every step that was started. The order of `rules` is the order of the run.
 */
export function decide(journal: readonly JournalEntry[], rules: readonly StepRule[]): Action {
  if (journal.some((entry) => entry.type === "finished")) return { do: "nothing" };
  if (journal.length >= MAX_ENTRIES) return { do: "finish", outcome: "needs_attention" };
  const committed = isCommitted(journal);
  if (!committed && isGoingBack(journal)) return goBack(journal, rules);

  const interrupted = interruptedStep(journal);
  if (interrupted !== undefined) return { do: "check", step: interrupted, ifNot: afterInterruption(journal, rules, interrupted) };

  const done = stepsWith("done", journal);
  const next = rules.find((rule) => !done.has(rule.name));
  if (next === undefined) return { do: "finish", outcome: "complete" };
  const failures = count(journal, "failed", next.name);
  if (failures >= (next.name === "cleanup" ? ATTEMPTS.cleanup : ATTEMPTS.afterCommit)) {
    // Only reached after the commit. What could not be cleaned up is a warning; what could not be opened needs a person.
    return { do: "finish", outcome: next.name === "cleanup" ? "complete" : "needs_attention" };
  }
  return { do: "run", step: next.name, attempt: failures };
}

/** Whether the commit point was passed: one durable line. */
export function isCommitted(journal: readonly JournalEntry[]): boolean {
  return journal.some((entry) => entry.type === "done" && entry.step === "commit");
}

/** Whether the run is on its way back (only meaningful without a commit). */
export function isGoingBack(journal: readonly JournalEntry[]): boolean {
  return journal.some((entry) => entry.type === "failed" || entry.type === "cancelled");
}

/** Names of the steps that have an entry of this type. */
export function stepsWith(type: "started" | "done" | "undone" | "failed", journal: readonly JournalEntry[]): Set<StepName> {
  return new Set(journal.flatMap((entry) => (entry.type === type ? [entry.step] : [])));
}

function goBack(journal: readonly JournalEntry[], rules: readonly StepRule[]): Action {
  // A step that failed, or fell into a crash, may have left half of its work behind, so every started one is undone.
  const started = stepsWith("started", journal);
  const undone = stepsWith("undone", journal);
  const step = rules.toReversed().find((rule) => started.has(rule.name) && !undone.has(rule.name));
  if (step === undefined) return { do: "finish", outcome: outcomeBack(journal, rules, started) };
  const attempt = count(journal, "undo-failed", step.name);
  return attempt >= ATTEMPTS.undo ? { do: "finish", outcome: "needs_attention" } : { do: "undo", step: step.name, attempt };
}

function outcomeBack(journal: readonly JournalEntry[], rules: readonly StepRule[], started: ReadonlySet<StepName>): Outcome {
  if (rules.some((rule) => rule.touches && started.has(rule.name))) return "rolled_back";
  return journal.some((entry) => entry.type === "cancelled") ? "cancelled" : "failed";
}

/** The step that was started and about which nothing was written since. */
function interruptedStep(journal: readonly JournalEntry[]): StepName | undefined {
  const last = journal.findLast(
    (entry) => entry.type === "started" || entry.type === "done" || entry.type === "failed" || entry.type === "again",
  );
  return last?.type === "started" ? last.step : undefined;
}

function afterInterruption(journal: readonly JournalEntry[], rules: readonly StepRule[], step: StepName): "again" | "go-back" {
  if (isCommitted(journal)) return "again";
  const rule = rules.find((candidate) => candidate.name === step);
  return rule?.onInterrupt === "again" && count(journal, "again", step) < ATTEMPTS.again ? "again" : "go-back";
}

function count(journal: readonly JournalEntry[], type: "failed" | "undo-failed" | "again", step: StepName): number {
  return journal.filter((entry) => entry.type === type && entry.step === step).length;
}
