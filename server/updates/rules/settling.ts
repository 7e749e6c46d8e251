import { isCommitted } from "./decide.ts";
import type { Installation, RunRecord } from "./installation.ts";
import { factsOf } from "./status.ts";

/**
 * How a database is called that has the live name and is not the live one: what its run calls it after a rename that was lost, or before one
 * that was never committed. `null` when no run speaks of it.
 */
export function nameAside(oid: number, records: readonly RunRecord[]): string | null {
  for (const { plan, journal } of records.toReversed()) {
    const { blue, green } = factsOf(journal);
    if (isCommitted(journal) && blue?.oid === oid) return plan.database.kept;
    if (!isCommitted(journal) && green?.oid === oid) return plan.database.green;
  }
  return null;
}

/**
 * Copies that runs left behind when they ended without a commit and could not take them back. Never what is live or kept: neither by its oid,
 * nor by its name. A copy whose oid nobody came to write down is known by its name alone, which holds an id of its plan's.
 */
export function abandonedCopies(
  records: readonly RunRecord[],
  { database, stack, putAside }: Installation,
): { name: string; oid: number | null }[] {
  const needed = [database, ...stack.map(({ kept }) => kept), ...putAside];
  return records
    .filter(({ plan, journal }) => plan.kind !== "undo" && needsAttention(journal) && !isCommitted(journal))
    .map(({ plan, journal }) => ({ name: plan.database.green, oid: factsOf(journal).green?.oid ?? null }))
    .filter((copy) => !needed.some(({ name, oid }) => oid === copy.oid || name === copy.name));
}

function needsAttention(journal: RunRecord["journal"]): boolean {
  return journal.findLast((entry) => entry.type === "finished")?.outcome === "needs_attention";
}
