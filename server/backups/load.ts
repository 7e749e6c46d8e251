import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Ulid } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { run } from "../platform/process.ts";
import type { BackupsDeps } from "./create.ts";

/**
 * Restores a backup's dump into a database that is there and empty, as its owner and never as a superuser, by as many connections as there are
 * processors; the first error ends it. Owners and grants of the dump are left out: they may name roles of another computer. It does not outlive
 * us. What the backup is was proved before. Throws `restore-failed`, and the database is then good for nothing.
 */
export async function loadBackup(
  deps: Pick<BackupsDeps, "paths" | "binaries" | "login" | "applicationName">,
  { id, database }: { id: Ulid; database: string },
  signal?: AbortSignal,
): Promise<void> {
  const { paths, binaries, login, applicationName } = deps;
  const connection = ["--host", login.host, "--port", String(login.port), "--username", login.user, "--no-password"];
  const shape = ["--format=directory", `--jobs=${availableParallelism()}`, "--exit-on-error", "--no-owner", "--no-privileges"];
  try {
    await run(join(binaries, "pg_restore"), [...shape, ...connection, "--dbname", database, join(paths.backup(id), "database")], {
      env: { PGPASSWORD: login.password, PGAPPNAME: applicationName, PGCONNECT_TIMEOUT: "10", LC_MESSAGES: "C" },
      dieWithParent: true,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!isAppError(error, "program-failed")) throw error;
    throw new AppError("restore-failed", { id, reason: error.message }, { cause: error });
  }
}
