import type { Chain } from "../chain-contract.ts";
import type { Plan, RunKind, Status } from "../contract.ts";

/** What a run is for, as far as its words go. */
export type Subject = Pick<Status, "kind" | "to" | "undoes" | "about">;

/** A run as the subject of a sentence: "The update to 1.1.0", "The restore of the backup of 24 November 2026, 02:00 UTC". */
export function runName(run: Subject): string {
  switch (run.kind) {
    case "update":
      return `The update to ${run.to}`;
    case "undo":
      if (run.undoes === "start_fresh") return "Undoing the fresh start";
      return run.undoes === "restore" ? "Undoing the restore" : `Going back to ${run.to}`;
    case "restore":
      return run.about === null ? "The restore" : `The restore of the backup of ${utcMoment(run.about.createdAt)}`;
    case "start_fresh":
      return `The fresh start with ${run.to}`;
    case "backup":
      return "The backup";
    case "verify":
      return "The check of a backup";
    case "drill":
      return "The trial of a backup";
    case "offsite":
      return "The copying of backups elsewhere";
  }
}

/** The first line of a run's log, without its end: what it is, and from where to where. */
export function beginning({ kind, from, to, undoes, backup, fresh, chain }: Plan): string {
  const ofBackup = backup === null ? "a backup" : `the backup of ${utcMoment(backup.createdAt)}`;
  switch (kind) {
    case "update":
      return `Update from ${from} to ${to}${stepOf(chain)}`;
    case "undo":
      return undoBeginning(undoes?.kind ?? "update", `from ${from} to ${to}`);
    case "restore":
      return `Restore of ${ofBackup}`;
    case "start_fresh":
      return `Fresh start with ${to} in place of ${from}, ${exportWords(fresh)}`;
    case "backup":
      return "Backup";
    case "verify":
      return `Check of ${ofBackup}`;
    case "drill":
      return `Trial of ${ofBackup}`;
    case "offsite":
      return "Copying of backups elsewhere";
  }
}

function undoBeginning(undone: RunKind, versions: string): string {
  if (undone === "start_fresh") return `Undo of the fresh start, ${versions}`;
  return undone === "restore" ? "Undo of the restore" : `Undo ${versions}`;
}

function exportWords(fresh: Plan["fresh"]): string {
  const at = fresh?.lastExportAt ?? null;
  return at === null ? "no export is known" : `last exported ${utcMoment(at)}`;
}

/** ", step 1 of 2 on the way to 3.0.0"; nothing of an update that is no part of a path. */
function stepOf(chain: Chain | null): string {
  if (chain === null) return "";
  const { path, index } = chain;
  return `, step ${index + 1} of ${path.length} on the way to ${path.at(-1) ?? ""}`;
}

/** "2.0.0 first, then 3.0.0". */
export function pathWords(path: readonly string[]): string {
  const [first, ...then] = path;
  return [`${first ?? ""} first`, ...then.map((version) => `then ${version}`)].join(", ");
}

/** "24 November 2026, 02:00 UTC": the same on every machine. */
export function utcMoment(at: string): string {
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(at));
  return `${day}, ${at.slice(11, 16)} UTC`;
}
