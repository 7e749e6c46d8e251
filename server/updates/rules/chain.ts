import type { Actor, Problem } from "../../platform/contract.ts";
import type { ChainStatus } from "../chain-contract.ts";
import type { RunRecord } from "./installation.ts";
import { isJob } from "./kinds.ts";

/** How long after a step the next one may be begun by itself, in minutes. Whoever began the path is gone by then, and does not expect it any more. */
export const CHAIN_MINUTES = 30;

/** The step of a path that is to be begun now. */
export type NextStep = {
  /** The run of the step before, whose mark says that the path has ended. */
  after: string;
  chain: { id: string; path: string[]; index: number };
  version: string;
  /** Who began the path. */
  actor: Actor;
  /** Every attempt of a step has this key, so that it is one run. */
  idempotencyKey: string;
  isLate: boolean;
};

/** What lies beside a run of a path: a wish to cancel, also one that came too late for the run itself, and why it was not gone on with. */
export type ChainMarks = { cancelledBy: Actor | null; problem: Problem | null };

/**
 * The newest change, if it is a step of a path. A path has no record of its own: where it stands follows from its newest run, so that a crash, or another
 * updater, cannot begin a step twice; and any other change after it (an undo, a restore) is its end.
 */
export function newestStep(records: readonly RunRecord[]): RunRecord | null {
  const newest = records.findLast(({ plan }) => !isJob(plan.kind));
  return newest?.plan.kind === "update" && newest.plan.chain !== null ? newest : null;
}

/** How the path stands that this run is the newest step of; `null` when it is no step of one. */
export function chainStatus({ run, plan, journal }: RunRecord, { cancelledBy, problem }: ChainMarks): ChainStatus | null {
  if (plan.chain === null) return null;
  const status = { ...plan.chain, run, endedBy: null, problem: null };
  const outcome = journal.findLast((entry) => entry.type === "finished")?.outcome ?? null;
  if (outcome === null) return { ...status, state: "under-way" };
  if (outcome !== "complete") return { ...status, state: "ended" };
  if (plan.chain.index + 1 >= plan.chain.path.length) return { ...status, state: "complete" };
  if (cancelledBy !== null || problem !== null) return { ...status, state: "ended", endedBy: cancelledBy, problem };
  return { ...status, state: "next" };
}

/** The step to begin after this run, if the path is to be gone on with. */
export function nextStep(record: RunRecord, marks: ChainMarks, now: Date): NextStep | null {
  const status = chainStatus(record, marks);
  const version = status?.path[status.index + 1];
  if (status?.state !== "next" || version === undefined) return null;
  const { id, path, index } = status;
  const [planned, finished] = [record.journal[0], record.journal.findLast((entry) => entry.type === "finished")];
  return {
    after: record.run,
    chain: { id, path, index: index + 1 },
    version,
    actor: planned?.type === "planned" ? planned.actor : record.plan.createdBy,
    idempotencyKey: `path-${id}-${index + 1}`,
    isLate: finished === undefined || now.getTime() - Date.parse(finished.at) > CHAIN_MINUTES * 60_000,
  };
}
