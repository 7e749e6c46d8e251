import type { Explain } from "./explain.ts";

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Problems of databases and backups. */
export const databasesProblems = {
  "postgres-missing": (d: { major: number | null; folder: string }) => ({
    happened: `PostgreSQL${d.major === null ? "" : ` ${d.major}`} was not found below ${d.folder}.`,
    meaning: "Nothing was changed.",
    todo: "Install it, for example with: apt install postgresql",
  }),
  "postgres-user-missing": (_: Record<string, never>) => ({
    happened: "PostgreSQL may not run as root, and there is no user `postgres` on this computer.",
    meaning: "Nothing was changed.",
    todo: "Make that user (Debian's package postgresql does), or start FilaOps as an ordinary user.",
  }),
  "postgres-folder-unreachable": (d: { data: string; folder: string }) => ({
    happened: `PostgreSQL cannot reach its data in ${d.data}, since ${d.folder} is closed to other users.`,
    meaning: "Nothing was changed.",
    todo: `Choose another place for the data, or allow the way through with: chmod o+x ${d.folder}`,
  }),
  "database-busy": (d: { who: string[] }) => ({
    happened: `Somebody else is using the database: ${d.who.join("; ")}.`,
    meaning: "Nothing was changed, and everybody can work on.",
    todo: "Close that program or ask its owner to, then try again.",
  }),
  "database-missing": (d: { name: string }) => ({
    happened: `The database ${d.name} does not exist.`,
    meaning: "Nothing was changed.",
    todo: "Look at the databases on the server; `filaops doctor` lists what belongs to FilaOps.",
  }),
  "database-moved": (d: { name: string; expected: number; found: number | null }) => ({
    happened: `The name ${d.name} does not belong to the database that it should (number ${d.expected}, found ${d.found ?? "none"}).`,
    meaning: "Nothing was renamed and nothing was dropped.",
    todo: "Somebody may have renamed databases by hand. Run `filaops doctor` on the server.",
  }),
  "database-protected": (d: { name: string }) => ({
    happened: `The database ${d.name} is the live one and may not be dropped.`,
    meaning: "Nothing was dropped.",
    todo: "Report this: FilaOps should never have asked for it.",
  }),
  "database-name-taken": (d: { name: string }) => ({
    happened: `There is already another database with the name ${d.name}.`,
    meaning: "Nothing was changed.",
    todo: "Rename that database, then try again.",
  }),
  "database-refused": (d: { doing: string; reason: string }) => ({
    happened: `PostgreSQL refused to ${d.doing}: ${d.reason}`,
    meaning: "Your data is untouched.",
    todo: "The message usually names the cause. `filaops doctor` on the server checks what FilaOps needs.",
  }),
  "fence-not-closed": (d: { app: string; writer: string }) => ({
    happened: `Saving could not be paused: ${d.app} still has the rights of ${d.writer}.`,
    meaning: "Nothing was changed.",
    todo: `Take the membership away as a superuser: REVOKE ${d.writer} FROM ${d.app}`,
  }),
  "migration-refused": (d: { migration: string; reason: string }) => ({
    happened: `The migration ${d.migration} may not be applied: ${d.reason}.`,
    meaning: "Your data is untouched.",
    todo: "This release is faulty. Wait for the next one.",
  }),
  "migration-changed": (d: { migration: string }) => ({
    happened: `The migration ${d.migration} was applied in another form than this release has it.`,
    meaning: "Nothing was changed.",
    todo: "This release does not fit your database. Wait for the next one, or ask for help with the details.",
  }),
  "migration-unknown": (d: { migration: string }) => ({
    happened: `The database has the migration ${d.migration}, which this release does not know: the database is newer.`,
    meaning: "Nothing was changed.",
    todo: "Install the version that the database belongs to.",
  }),
  "migration-unfinished": (d: { migration: string }) => ({
    happened: `The migration ${d.migration} was begun by another program and never finished.`,
    meaning: "Nothing was changed now.",
    todo: "Restore the latest backup, or ask for help with the details.",
  }),
  "migration-failed": (d: { migration: string; reason: string }) => ({
    happened: `The migration ${d.migration} failed: ${d.reason}`,
    meaning: "It was taken back whole: no part of it is left.",
    todo: "This release is faulty. Wait for the next one, and report the details.",
  }),
  "migration-blocked": (d: { migration: string; who: string[] }) => ({
    happened: `The migration ${d.migration} waited for ${d.who.length === 0 ? "somebody else's work" : d.who.join("; ")}.`,
    meaning: "It was taken back whole: no part of it is left.",
    todo: "End what works on the database beside FilaOps, then try again.",
  }),
  "backup-failed": (d: { reason: string }) => ({
    happened: `The backup could not be made: ${d.reason}`,
    meaning: "Your data is untouched, and what was written of the backup was removed.",
    todo: "The message usually names the cause; then try again.",
  }),
  "backup-disk-full": (d: { path: string; freeBytes: number }) => ({
    happened: `The disk was full before the backup was whole: ${Math.floor(d.freeBytes / 1e6)} MB are free on ${d.path} now.`,
    meaning: "Your data is untouched, and what was written of the backup was removed.",
    todo: "Free some space, for example by deleting old backups, then try again.",
  }),
  "backup-folder-shut": (d: { path: string }) => ({
    happened: `FilaOps may not write into the folder of backups, ${d.path}.`,
    meaning: "Your data is untouched, and no backup was made.",
    todo: "Look whether its disk is mounted read-only, which a failing disk can cause, and who owns the folder. Then try again.",
  }),
  "backup-blocked": (d: { table: string | null; seconds: number }) => ({
    happened: `The backup gave up after ${d.seconds} seconds: another program has locked ${d.table === null ? "a table" : `the table ${d.table}`}, and did not let go.`,
    meaning: "Your data is untouched, and what was written of the backup was removed.",
    todo: "End that work, then try again.",
  }),
  "backup-damaged": (d: { id: string; reason: string }) => ({
    happened: `The backup ${d.id} is damaged: ${d.reason}`,
    meaning: "It cannot be relied on. Your data is untouched.",
    todo: "Use another backup, and make a new one. Look whether the disk is sound.",
  }),
  "backup-missing": (d: { id: string }) => ({
    happened: `The backup ${d.id} is not in its place any more.`,
    meaning: "Somebody removed or moved its folder. Your data is untouched.",
    todo: "Put the folder back if you have it; otherwise remove the backup from the list.",
  }),
  "backup-needed": (d: { reason: string }) => ({
    happened: `This backup is not removed: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "Remove another one, or wait until it is not needed any more.",
  }),
  "backup-overdue": (d: { lastAt: string | null }) => ({
    happened:
      d.lastAt === null
        ? "There is no good backup yet."
        : `The last good backup is of ${d.lastAt.slice(0, 10)}, and a newer one is due.`,
    meaning: "If this computer broke now, what was entered since would be lost.",
    todo: "Press “Back up now” and see whether it works out; its details say what stands in its way.",
  }),
  "backup-shrunk": (d: { from: number; to: number }) => ({
    happened: `The last backup is less than half as large as the one before (${megabytes(d.to)} after ${megabytes(d.from)}).`,
    meaning: "That may be right, if much was deleted; or something is missing.",
    todo: "Look whether your orders and items are all there. If not, restore the one before.",
  }),
  "backup-newer": (d: { version: string; installed: string }) => ({
    happened: `This backup was made by FilaOps ${d.version}; ${d.installed} is installed and does not know how to read it.`,
    meaning: "Nothing was changed.",
    todo: `Update to ${d.version} or newer first, then restore it.`,
  }),
  "restore-failed": (d: { id: string; reason: string }) => ({
    happened: `The backup ${d.id} could not be restored: ${d.reason}`,
    meaning: "It was restored aside, and that was removed. Your data is as it was.",
    todo: "Try another backup. The message usually names the cause.",
  }),
  "restore-differs": (d: { id: string; differences: string[] }) => ({
    happened: `What was restored from the backup ${d.id} is not what was backed up: ${d.differences.join("; ")}.`,
    meaning: "It was restored aside, and that was removed. Your data is as it was.",
    todo: "Try another backup, and make a new one. Report the details.",
  }),
  "restore-strange": (d: { strange: string[] }) => ({
    happened: `The backup holds what no backup of FilaOps has: ${d.strange.join("; ")}.`,
    meaning:
      "It could do more than hold data, so it is not used. It was restored aside, and that was removed. Your data is as it was.",
    todo: "Ask whoever gave it to you where it comes from. Somebody may have changed it.",
  }),
  "carry-over-impossible": (d: { reason: string }) => ({
    happened: `The owners' accounts and the settings could not be carried over into the new, empty database: ${d.reason}`,
    meaning: "Without them nobody could sign in there, so it was given up. Your data is as it was.",
    todo: "Tell whoever makes this version; until then, stay with the version that you have.",
  }),
  "loader-missing": (d: { role: string; remedy: string }) => ({
    happened: `The database role ${d.role}, as which backups are restored, is not there or not as it should be.`,
    meaning:
      "Backups of this installation are restored all the same; one that was made elsewhere is not, since it could do harm.",
    todo: `Start the update service again, which makes the role where PostgreSQL is FilaOps' own. Otherwise run as PostgreSQL's superuser: ${d.remedy}`,
  }),
  "backup-foreign": (d: { id: string }) => ({
    happened: `The backup ${d.id} was not made by this installation, or its description was changed.`,
    meaning: "Nothing in it is trusted by itself. Your data is untouched.",
    todo: "If you know where it comes from, restore it by hand as its README.txt says.",
  }),
} satisfies Record<string, Explain<never>>;
