import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Login } from "../databases/connect.ts";
import { MOST_OBJECTS } from "../databases/strange.ts";
import type { Ulid } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import type { RunOptions } from "../platform/process.ts";
import { run } from "../platform/process.ts";
import type { BackupsDeps } from "./create.ts";

/** `login`: as whom it is restored; `Databases.fill` gives it. */
export type Loading = { id: Ulid; database: string; login: Login };

/**
 * Restores a backup's dump into a database that is there and empty, by as many connections as there are processors; the first error ends it. What is
 * in a dump runs as the one who restores it: that is to be the loader, never a superuser. Owners and grants of the dump are left out: they may
 * name roles of another computer. It does not outlive us. What the backup is was proved before. Throws `restore-failed`, and the database is then good
 * for nothing.
 */
export async function loadBackup(
  deps: Pick<BackupsDeps, "paths" | "binaries" | "applicationName">,
  { id, database, login }: Loading,
  signal?: AbortSignal,
): Promise<void> {
  const { paths, binaries, applicationName } = deps;
  const program = join(binaries, "pg_restore");
  const folder = join(paths.backup(id), "database");
  const connection = ["--host", login.host, "--port", String(login.port), "--username", login.user, "--no-password"];
  const shape = ["--format=directory", `--jobs=${availableParallelism()}`, "--exit-on-error", "--no-owner", "--no-privileges"];
  const ending = { dieWithParent: true, ...(signal === undefined ? {} : { signal }) };
  try {
    const entries = await countEntries(program, folder, ending);
    if (entries > MOST_OBJECTS) {
      const reason = `it lists ${entries} objects, and FilaOps restores no more than ${MOST_OBJECTS}`;
      throw new AppError("restore-failed", { id, reason });
    }
    await run(program, [...shape, ...connection, "--dbname", database, folder], {
      env: { PGPASSWORD: login.password, PGAPPNAME: applicationName, PGCONNECT_TIMEOUT: "10", LC_MESSAGES: "C" },
      ...ending,
    });
  } catch (error) {
    if (!isAppError(error, "program-failed")) throw error;
    throw new AppError("restore-failed", { id, reason: error.message }, { cause: error });
  }
}

/** How many entries the table of contents has, as its head says. */
async function countEntries(program: string, folder: string, options: RunOptions): Promise<number> {
  let entries = Infinity;
  await run(program, ["--format=directory", "--list", folder], {
    ...options,
    onLine: (line) => {
      const head = /^;\s+TOC Entries: (\d+)$/.exec(line)?.[1];
      if (head !== undefined) entries = Number(head);
    },
  });
  return entries;
}
