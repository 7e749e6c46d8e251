import { gt, rcompare } from "semver";
import type { Cap, Dismissal, Notice, NoticeLevel } from "../../nag/contract.ts";
import type { Version } from "../../platform/contract.ts";
import type { NewerRelease } from "../contract.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A clock that is put right moves by less: what was written down a moment "later" than now is still meant. */
const CLOCK_STEP_MS = 60_000;
/** No cap is longer; one that seems to be was written by a clock that was wrong. */
const LONGEST_CAP_MS = 366 * DAY_MS;
const LATER_MS = DAY_MS;

const LEVELS: readonly NoticeLevel[] = ["none", "subtle", "warning", "urgent", "critical"];
/** The last full day of each level; beyond them it is critical. */
const LAST_DAY = [
  ["subtle", 7],
  ["warning", 30],
  ["urgent", 60],
] as const;
/** For how long closing puts it away. What is critical has no cross. */
const CLOSE_HOURS: Record<NoticeLevel, number | null> = { none: null, subtle: 168, warning: 24, urgent: 24, critical: null };

export type Behind = {
  installed: Version;
  /** Stable releases that were not withdrawn, in any order; those that are not newer than the installed one are passed over. */
  releases: readonly Pick<NewerRelease, "version" | "publishedAt" | "severity">[];
  /** The last one of the person who is told. */
  dismissal: Dismissal | null;
  cap: Cap | null;
};

/**
 * What one person is told at `now`. It goes by instants alone, so that no time zone and no clock change plays a part: a release that is dated in the
 * future is 0 days old, and what is known of the feed ages on while the feed is silent.
 */
export function nag({ installed, releases, dismissal, cap }: Behind, now: Date): Notice {
  const missed = releases.filter(({ version }) => gt(version, installed)).toSorted((a, b) => rcompare(a.version, b.version));
  const newest = missed[0]?.version ?? null;
  const security = missed.some(({ severity }) => severity === "security");
  const daysBehind = daysSince(
    missed.map(({ publishedAt }) => publishedAt),
    now,
  );
  const { level, reason } = levelOf({ missed: newest !== null, daysBehind, security, cap }, now);
  return {
    level,
    reason,
    daysBehind,
    versionsBehind: missed.length,
    newest,
    security,
    hidden: level === "none" || newest === null ? null : hiddenBy(dismissal, { newest, security }, now),
    closeHours: CLOSE_HOURS[level],
    maySkip: level !== "none" && !security,
  };
}

/** The cap as long as it holds; `null` when it has ended. */
export function capInForce(cap: Cap | null, now: Date): Cap | null {
  if (cap === null) return null;
  const left = Date.parse(cap.until) - now.getTime();
  return left > 0 && left <= LONGEST_CAP_MS ? cap : null;
}

/** A person's dismissal of this notice from now on; `null` when it cannot be put away in this way. */
export function dismissalOf(notice: Notice, kind: Dismissal["kind"], now: Date): Dismissal | null {
  const { newest, level, closeHours, maySkip } = notice;
  if (newest === null || level === "none" || (kind === "skipped" && !maySkip) || (kind === "closed" && closeHours === null)) {
    return null;
  }
  const ms = { later: LATER_MS, closed: (closeHours ?? 0) * HOUR_MS, skipped: null }[kind];
  const until = ms === null ? null : new Date(now.getTime() + ms).toISOString();
  return { kind, version: newest, at: now.toISOString(), until };
}

function daysSince(published: readonly string[], now: Date): number {
  if (published.length === 0) return 0;
  const oldest = Math.min(...published.map((at) => Date.parse(at)));
  return Math.max(0, Math.floor((now.getTime() - oldest) / DAY_MS));
}

type Standing = { missed: boolean; daysBehind: number; security: boolean; cap: Cap | null };

function levelOf({ missed, daysBehind, security, cap }: Standing, now: Date): Pick<Notice, "level" | "reason"> {
  if (!missed) return { level: "none", reason: "nothing-missed" };
  const byAge = LAST_DAY.find(([, day]) => daysBehind <= day)?.[0] ?? "critical";
  // No cap holds back a hole that is known to everybody.
  if (security) return byAge === "subtle" ? { level: "warning", reason: "security" } : { level: byAge, reason: "age" };
  const ceiling = capInForce(cap, now)?.level;
  const isCapped = ceiling !== undefined && LEVELS.indexOf(ceiling) < LEVELS.indexOf(byAge);
  return isCapped ? { level: ceiling, reason: "capped" } : { level: byAge, reason: "age" };
}

/**
 * Only the notice of the same newest version is hidden by it. One that was made in the future does not count, since the clock was wrong then or is
 * now, nor does one that ends later than any of its kind; a release that has become a matter of security is put away for a day at most.
 */
function hiddenBy(
  dismissal: Dismissal | null,
  { newest, security }: { newest: Version; security: boolean },
  now: Date,
): Notice["hidden"] {
  if (dismissal?.version !== newest) return null;
  const age = now.getTime() - Date.parse(dismissal.at);
  if (age < -CLOCK_STEP_MS) return null;
  if (dismissal.kind === "skipped") return security ? null : { by: "skipped", until: null };
  const longest = Date.parse(dismissal.at) + (security || dismissal.kind === "later" ? DAY_MS : 7 * DAY_MS);
  const until = Math.min(Date.parse(dismissal.until ?? dismissal.at), longest);
  return until > now.getTime() ? { by: dismissal.kind, until: new Date(until).toISOString() } : null;
}
