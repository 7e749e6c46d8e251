import type { BackupSettings } from "../contract.ts";
import { localDay, localMonth, localWeek } from "./calendar.ts";

/** A backup as the rule sees it. A good one is whole as far as is known; others are a person's to look at, and never removed by a rule. */
export type Candidate = { id: string; createdAt: string; good: boolean; keep: boolean };

export type Policy = BackupSettings["retention"] & {
  timeZone: string;
  /** Backups that a run which can still be undone refers to. */
  referred: readonly string[];
};

/** Why a backup stays, in the order in which the reasons are looked at. */
export type Reason = "marked" | "needed" | "newest" | "last" | "daily" | "weekly" | "monthly" | "minimum";

/**
 * Which good backups stay, each with its first reason, and which go, the oldest first. The newest good one always stays, and so does what is
 * marked or needed; whatever the rules say, the newest `minimum` are left. What is removed now would not come back with milder rules, so the
 * same function tells beforehand what will go. A backup's id is a ULID: of one moment, the higher one is the newer.
 */
export function retention(candidates: readonly Candidate[], policy: Policy): { stay: Map<string, Reason>; go: string[] } {
  const good = candidates.filter((candidate) => candidate.good).toSorted(newestFirst);
  const stay = new Map<string, Reason>();
  const keep = (kept: readonly Candidate[], reason: Reason) => {
    for (const { id } of kept) if (!stay.has(id)) stay.set(id, reason);
  };
  const inZone = (of: (at: Date, timeZone: string) => string) => (candidate: Candidate) =>
    of(new Date(candidate.createdAt), policy.timeZone);
  keep(
    good.filter((candidate) => candidate.keep),
    "marked",
  );
  keep(
    good.filter(({ id }) => policy.referred.includes(id)),
    "needed",
  );
  keep(good.slice(0, 1), "newest");
  keep(good.slice(0, policy.last), "last");
  keep(newestOfEach(good, inZone(localDay)).slice(0, policy.daily), "daily");
  keep(newestOfEach(good, inZone(localWeek)).slice(0, policy.weekly), "weekly");
  keep(newestOfEach(good, inZone(localMonth)).slice(0, policy.monthly), "monthly");
  // The newest so many, whatever else stays: what filled up the others would go when one of them stays by a milder rule.
  keep(good.slice(0, policy.minimum), "minimum");
  return {
    stay,
    go: good
      .map(({ id }) => id)
      .filter((id) => !stay.has(id))
      .toReversed(),
  };
}

function newestFirst(a: Candidate, b: Candidate): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

function newestOfEach(sorted: readonly Candidate[], period: (candidate: Candidate) => string): Candidate[] {
  const first = new Map<string, Candidate>();
  for (const candidate of sorted) {
    const name = period(candidate);
    if (!first.has(name)) first.set(name, candidate);
  }
  return [...first.values()];
}
