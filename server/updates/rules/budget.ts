import type { Estimate, StepName } from "../contract.ts";

/** What a budget is made of: the size of the database, and how long each step took before, where it was measured. */
export type Known = { bytes: number; estimate: Pick<Estimate, "steps"> };

const MINUTE_MS = 60_000;

/** How long a step may be without a sign of progress on a database of no size, in milliseconds. Before the pause nobody waits for it. */
const AT_LEAST_MS: Record<StepName, number> = {
  preflight: 10 * MINUTE_MS,
  download: 10 * MINUTE_MS,
  backup: 10 * MINUTE_MS,
  warm: 10 * MINUTE_MS,
  pause: 2 * MINUTE_MS,
  copy: 2 * MINUTE_MS,
  prepare: 2 * MINUTE_MS,
  // A single migration may take ten minutes by its own deadline (databases/migrate.ts), which names it; ours must not come first.
  migrate: 12 * MINUTE_MS,
  verify: 2 * MINUTE_MS,
  switch: 2 * MINUTE_MS,
  observe: 2 * MINUTE_MS,
  commit: 2 * MINUTE_MS,
  open: 2 * MINUTE_MS,
  cleanup: 2 * MINUTE_MS,
  "read-through": 10 * MINUTE_MS,
  load: 10 * MINUTE_MS,
  discard: 2 * MINUTE_MS,
  retain: 10 * MINUTE_MS,
  "copy-out": 30 * MINUTE_MS,
  "lay-empty": 2 * MINUTE_MS,
  "carry-over": 2 * MINUTE_MS,
};

/** Bytes a second that even a slow disk manages, for steps that read or write the whole database in one go and cannot say how far they are. */
const SLOW_BYTES_PER_SECOND: Partial<Record<StepName, number>> = {
  backup: 5e6, // the full read of what was dumped
  pause: 5e6, // the books and the hash of all rows
  copy: 10e6,
  "read-through": 5e6,
  load: 2e6, // rows, then indexes, which say nothing while they are built; then the books
  verify: 5e6, // statistics, constraints and the books
};

/** A step that was measured here may take as many times as long, and is not given up before. */
const TIMES_MEASURED = 10;
/** No step is waited for any longer than this without a sign, whatever the size, in milliseconds. */
const AT_MOST_MS = 6 * 60 * MINUTE_MS;

/** How long a step may go on without a sign of progress before it is given up, in milliseconds. With every sign it begins anew. */
export function budgetMs(step: StepName, { bytes, estimate }: Known): number {
  const rate = SLOW_BYTES_PER_SECOND[step];
  const bySize = rate === undefined ? 0 : (bytes / rate) * 1000;
  const byMeasure = (estimate.steps[step] ?? 0) * TIMES_MEASURED;
  return Math.round(Math.min(AT_MOST_MS, Math.max(AT_LEAST_MS[step] + bySize, byMeasure)));
}

/** How long the first start of a release aside is waited for, while everybody still works, in milliseconds. */
export function warmWaitMs({ estimate }: Pick<Known, "estimate">): number {
  return Math.max(MINUTE_MS, (estimate.steps.warm ?? 0) * 3);
}

/**
 * How long an instance may take to be ready that was started before the pause and only needs its database, in milliseconds. It may have died
 * meanwhile and boot anew, so on a computer that is slow to boot it (`bootMs`, measured aside) there is more time.
 */
export function readyWaitMs(bootMs: number | undefined): number {
  return 4000 + 2 * (bootMs ?? 0);
}

/** How long one that answers may say that it is not ready, with its database there: it has booted, and saving is paused meanwhile. In milliseconds. */
export function unreadyWaitMs(bootMs: number | undefined): number {
  return Math.max(4000, bootMs ?? 0);
}
