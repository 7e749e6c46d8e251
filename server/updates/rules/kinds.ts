import type { RunKind } from "../contract.ts";
import type { RunRecord } from "./installation.ts";

/** Whether a run is a job beside: nothing of what people work with changes, so it is in nobody's way and in no history of changes. */
export function isJob(kind: RunKind): boolean {
  return kind === "backup" || kind === "verify" || kind === "drill" || kind === "offsite";
}

/** The run that says how things stand: the last one, but for jobs, which say something only when they left something behind that needs a person. */
export function decisiveRun(records: readonly RunRecord[]): RunRecord | undefined {
  return records.findLast(({ plan, journal }) => {
    const finished = journal.findLast((entry) => entry.type === "finished");
    return !isJob(plan.kind) || finished?.outcome === "needs_attention";
  });
}
