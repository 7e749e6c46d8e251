import type { BackupKind, ListedBackup } from "../../../../server/backups/contract.ts";
import type { BackupsOverview, Received } from "../../../../server/updater/backup-contract.ts";
import { relativeTime, utcTime } from "../../../_ui/time-words.ts";
import { moment, plural } from "../../../_update/words.ts";

export type BackupRow = BackupsOverview["backups"][number];
type Tone = "good" | "info" | "warn" | "danger" | "neutral";

const KINDS: Record<BackupKind, string> = {
  manual: "By hand",
  pre_update: "Before an update",
  scheduled: "Nightly",
  safety: "Before a restore",
};

/** What became of a file that was brought back. */
export function receivedWords({ origin }: Received): { text: string; tone: "info" | "warn" } {
  switch (origin) {
    case "ours":
      return { text: "The backup is whole, and stands in the list again.", tone: "info" };
    case "here-already":
      return { text: "This backup is here already.", tone: "info" };
    case "foreign":
      return {
        text: "Another FilaOps made this backup. Whoever looks after the server can make it yours, with filaops adopt-backup.",
        tone: "warn",
      };
  }
}

/** Why a backup was made; a dash where its description cannot be read. */
export function kindWords({ backup }: { backup: { kind: BackupKind } | null }): string {
  return backup === null ? "–" : KINDS[backup.kind];
}

const STATES: Record<ListedBackup["state"], { text: string; tone: Tone }> = {
  verified: { text: "Checked", tone: "good" },
  whole: { text: "Not checked yet", tone: "neutral" },
  damaged: { text: "Damaged", tone: "danger" },
  foreign: { text: "From another FilaOps", tone: "warn" },
  missing: { text: "Missing", tone: "danger" },
};

/** How a backup stands, in the few words of a table. */
export function stateWords(state: ListedBackup["state"]): { text: string; tone: Tone } {
  return STATES[state];
}

/** Whether nothing speaks against restoring it. */
export function isGood({ state }: Pick<ListedBackup, "state">): boolean {
  return state === "verified" || state === "whole";
}

const REASONS: Record<NonNullable<BackupRow["stays"]>, string> = {
  marked: "Kept, because you said so",
  needed: "Stays as long as an update, a restore or a fresh start can be undone with it",
  newest: "Stays: the newest good one",
  last: "Stays: one of the newest",
  daily: "Stays: the newest of its day",
  weekly: "Stays: the newest of its week",
  monthly: "Stays: the newest of its month",
  minimum: "Stays, so that there are enough",
};

/** What becomes of a backup by itself. One that is no good is never removed by a rule. */
export function fateWords({ stays, goesNext, state }: Pick<BackupRow, "stays" | "goesNext" | "state">): string {
  if (stays !== null) return REASONS[stays];
  if (goesNext) return "Goes when the next backup is made";
  return state === "missing" ? "Its folder is gone" : "Stays until somebody removes it";
}

/** When a backup was made. Of one whose description cannot be read, its name tells: a ULID begins with the time. */
export function madeAt({ id, backup }: Pick<ListedBackup, "id" | "backup">): string {
  if (backup !== null) return backup.createdAt;
  const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const ms = Array.from(id.slice(0, 10)).reduce((sum, letter) => sum * 32 + Math.max(0, digits.indexOf(letter)), 0);
  return new Date(ms).toISOString();
}

/** "5 hours ago", "yesterday", "on 24 November 2026, 02:00"; in UTC as long as the reader's clock is not known. */
export function whenWords(at: string, now: number | null): string {
  if (now === null) return `on ${utcTime(new Date(at))}`;
  const isNear = Math.abs(now - Date.parse(at)) < 5.5 * 24 * 3_600_000;
  return isNear ? relativeTime(new Date(at), now) : `on ${moment(at)}`;
}

/** The answer to the only question: whether there is a good backup, from when, and whether it was proved. */
export function headline(backups: readonly BackupRow[], now: number | null): string {
  const last = backups.find(isGood);
  if (last === undefined) {
    return backups.length === 0 ? "There is no backup yet." : "There is no good backup.";
  }
  const made = `Your last good backup was made ${whenWords(madeAt(last), now)}`;
  return last.drilled === null ? `${made}.` : `${made}, and was restored on trial ${whenWords(last.drilled.at, now)}.`;
}

/** What was proved last, when the newest good backup was not; `null` when the headline says it. */
export function proofSentence(backups: readonly BackupRow[], now: number | null): string | null {
  const last = backups.find(isGood);
  if (last?.drilled !== null) return null;
  const proved = backups.flatMap((one) => (one.drilled === null ? [] : [{ ...one, at: one.drilled.at }]));
  const latest = proved.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (latest === undefined) {
    return "None was restored on trial yet. A trial proves that a backup can be used: choose Prove it in its menu.";
  }
  return `The last trial was ${whenWords(latest.at, now)}, with the backup made ${whenWords(madeAt(latest), now)}.`;
}

/** "every night at 02:00 (Europe/Berlin)". */
export function scheduleWords({ at, timeZone }: { at: string; timeZone: string }): string {
  return `every day at ${at} (${timeZone})`;
}

/** Another good backup for who cannot have the one that was asked for: the nearest before it, else the nearest after it. */
export function nextGood(backups: readonly BackupRow[], asked: string): BackupRow | null {
  const good = backups.filter((one) => isGood(one) && one.id !== asked);
  return good.find((one) => one.id < asked) ?? good.findLast((one) => one.id > asked) ?? null;
}

/** What a change of the rules would remove, in words: a sentence, then which. */
export function previewSentence(count: number): string {
  if (count === 0) return "No backup would be removed by this.";
  return `With the next backup, ${plural(count, "backup")} would be removed for good:`;
}
