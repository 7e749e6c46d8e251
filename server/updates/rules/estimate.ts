import type { Estimate, JournalEntry, RunKind, StepName } from "../contract.ts";
import { factsOf } from "./status.ts";

/** Bytes a second that a template copy is taken to move before one was measured here (design 4 measured 1.75 GB in 1.0–1.4 s). */
const DEFAULT_COPY_RATE = 250e6;

/** An earlier run of the same kind that was completed here, newest first, with the size of the database then. */
export type EarlierRun = { journal: readonly JournalEntry[]; kind: RunKind; databaseBytes: number };

/** How long a run will take: measured by the newest complete run of its kind, or said to be unknown. */
export function estimate(run: { kind: RunKind; databaseBytes: number }, earlier: readonly EarlierRun[]): Estimate {
  const like = earlier.find((candidate) => candidate.kind === run.kind);
  const holdMs = run.kind === "update" ? predictHold(run.databaseBytes, earlier) : null;
  if (like === undefined) return { basis: "none", totalMs: null, pauseMs: null, holdMs, steps: {} };
  const facts = factsOf(like.journal);
  const paused =
    facts.pausedAt === undefined || facts.openedAt === undefined ? null : Date.parse(facts.openedAt) - Date.parse(facts.pausedAt);
  const steps = stepTimes(like.journal);
  return {
    basis: "earlier-runs",
    totalMs: Object.values(steps).reduce((sum, ms) => sum + ms, 0),
    pauseMs: paused,
    holdMs,
    steps,
  };
}

function predictHold(bytes: number, earlier: readonly EarlierRun[]): number {
  const measured = earlier.find((run) => factsOf(run.journal).holdMs !== undefined);
  const holdMs = measured === undefined ? undefined : factsOf(measured.journal).holdMs;
  if (measured === undefined || holdMs === undefined || measured.databaseBytes === 0) return (bytes / DEFAULT_COPY_RATE) * 1000;
  return (holdMs * bytes) / measured.databaseBytes;
}

function stepTimes(journal: readonly JournalEntry[]): Partial<Record<StepName, number>> {
  return Object.fromEntries(journal.flatMap((entry) => (entry.type === "done" ? [[entry.step, entry.ms]] : [])));
}
