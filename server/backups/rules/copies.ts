import type { Candidate, Policy } from "./retention.ts";
import { retention } from "./retention.ts";

/** A copy that lies elsewhere, by what its label says; without a readable label it is nobody's to count. */
export type CopyThere = { id: string; createdAt: string | null };

/**
 * Which copies go: what the rule for backups would not keep if there were only the copies. What is being copied just now stays, and so does one that
 * cannot be read: a person looks at it.
 */
export function copiesToRemove(there: readonly CopyThere[], policy: Policy): string[] {
  const candidates: Candidate[] = there.map(({ id, createdAt }) => ({
    id,
    createdAt: createdAt ?? "",
    good: createdAt !== null,
    keep: false,
  }));
  return retention(candidates, policy).go;
}
