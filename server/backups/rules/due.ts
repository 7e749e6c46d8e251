import type { BackupSettings } from "../contract.ts";
import { lastTimeOfDay } from "./calendar.ts";

/** A try to do something by schedule, and whether it worked out; `null` while it is under way. */
export type Attempt = { at: string; worked: boolean | null };

/** What the schedule has seen. */
export type Seen = {
  now: Date;
  backups: readonly Attempt[];
  drills: readonly Attempt[];
  copies: readonly Attempt[];
  hasGoodBackup: boolean;
  /** When the newest good backup was made, if it is to lie elsewhere as well and does not yet. */
  uncopiedSince: string | null;
};

/** What does not work out is tried again so often, so much later, and then not before the next time. */
const TRIES = 3;
const AGAIN_MS = 30 * 60_000;
/** A storage that is away is asked again so much later, for as long as it takes. */
const COPY_AGAIN_MS = 60 * 60_000;
/** A week, less the hours by which a drill may begin later than the one before. */
const WEEK_MS = 6.5 * 24 * 3_600_000;

/**
 * What is to be done now by schedule. A time that passed while this computer was off is made up for once, as soon as it is on; one that passed before
 * the schedule was set is not.
 */
export function due(
  settings: Pick<BackupSettings, "since" | "schedule">,
  seen: Seen,
): "backup" | "drill" | "offsite" | "nothing" {
  const scheduled = bySchedule(settings, seen);
  if (scheduled === "backup" || seen.uncopiedSince === null) return scheduled;
  // However a backup came about: as long as it lies here only, a fire would take it with the rest.
  const last = seen.copies.at(-1);
  const isOver = last === undefined || Date.parse(last.at) < Date.parse(seen.uncopiedSince);
  const again = last?.worked === false && seen.now.getTime() - Date.parse(last.at) >= COPY_AGAIN_MS;
  return isOver || again ? "offsite" : scheduled;
}

function bySchedule({ since, schedule }: Pick<BackupSettings, "since" | "schedule">, seen: Seen): "backup" | "drill" | "nothing" {
  if (!schedule.enabled) return "nothing";
  const slot = lastTimeOfDay(seen.now, schedule.at, schedule.timeZone);
  if (slot.getTime() <= Date.parse(since)) return "nothing";
  if (isDue(seen.backups, slot, seen.now)) return "backup";
  if (!schedule.weeklyDrill || !seen.hasGoodBackup) return "nothing";
  const last = seen.drills.findLast(({ worked }) => worked === true);
  const isOverdue = last === undefined || seen.now.getTime() - Date.parse(last.at) >= WEEK_MS;
  return isOverdue && isDue(seen.drills, slot, seen.now) ? "drill" : "nothing";
}

function isDue(attempts: readonly Attempt[], slot: Date, now: Date): boolean {
  const since = attempts.filter(({ at }) => Date.parse(at) >= slot.getTime());
  if (since.some(({ worked }) => worked !== false) || since.length >= TRIES) return false;
  const last = since.at(-1);
  return last === undefined || now.getTime() - Date.parse(last.at) >= AGAIN_MS;
}

/** How late the newest good backup may be before that is said: a day and a night beyond the schedule's. */
const LATE_MS = 30 * 3_600_000;

/** What is wrong with the backups as a whole, if anything. */
export type Concern =
  { kind: "none" } | { kind: "overdue"; lastAt: string | null } | { kind: "shrunk"; from: number; to: number };

/**
 * A last good backup that is older than its schedule, or half the size of the one before, is worth a person's look. Newest first; good ones only.
 */
export function concern(
  { since, schedule }: Pick<BackupSettings, "since" | "schedule">,
  good: readonly { createdAt: string; bytes: number }[],
  now: Date,
): Concern {
  const [last, before] = good;
  if (schedule.enabled) {
    const base = Math.max(Date.parse(since), last === undefined ? 0 : Date.parse(last.createdAt));
    if (now.getTime() - base > LATE_MS) return { kind: "overdue", lastAt: last?.createdAt ?? null };
  }
  if (last !== undefined && before !== undefined && last.bytes * 2 < before.bytes) {
    return { kind: "shrunk", from: before.bytes, to: last.bytes };
  }
  return { kind: "none" };
}
