import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Login } from "../databases/connect.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { run } from "../platform/process.ts";

/** How long pg_dump waits for a table that somebody has locked, in milliseconds: longer means that it is told. */
const LOCK_WAIT_MS = 10_000;

/** The version of the pg_dump in this folder; its major must not be below the server's. */
export async function dumpVersion(binaries: string): Promise<{ text: string; major: number }> {
  const { stdout } = await run(join(binaries, "pg_dump"), ["--version"], { timeoutMs: 10_000 });
  const text = /(\d+)(\.\d+)*/.exec(stdout)?.[0] ?? "";
  return { text, major: Number.parseInt(text, 10) };
}

export type DumpRequest = {
  binaries: string;
  login: Login;
  database: string;
  /** The folder that is made. */
  folder: string;
  /** A snapshot that another transaction holds open (`pg_export_snapshot`): the dump is of that moment. */
  snapshot: string;
  /** What the dump's connections are called, so that a killed run's are found and ended. */
  applicationName: string;
  /** Ten seconds, when left out. */
  lockWaitMs?: number;
  signal?: AbortSignal;
};

/** Dumps a database into a folder, by as many connections as there are processors. It does not outlive us. The files are not yet flushed. */
export async function dump(request: DumpRequest): Promise<void> {
  const { binaries, login, database, folder, snapshot, applicationName, lockWaitMs = LOCK_WAIT_MS, signal } = request;
  const { major } = await dumpVersion(binaries);
  const compression = major >= 16 ? "zstd:1" : "1";
  const connection = ["--host", login.host, "--port", String(login.port), "--username", login.user, "--no-password"];
  const waits = ["--lock-wait-timeout", String(lockWaitMs), "--no-sync"];
  const shape = ["--format=directory", `--jobs=${availableParallelism()}`, `--compress=${compression}`, `--snapshot=${snapshot}`];
  try {
    await run(join(binaries, "pg_dump"), [...shape, ...waits, ...connection, "--file", folder, "--dbname", database], {
      env: { PGPASSWORD: login.password, PGAPPNAME: applicationName, PGCONNECT_TIMEOUT: "10", LC_MESSAGES: "C" },
      dieWithParent: true,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!isAppError(error, "program-failed")) throw error;
    const reason = error.message;
    // pg_dump waits for its locks under a statement timeout, and names the statement.
    if (/Query was: LOCK TABLE|could not obtain lock/i.test(reason)) {
      // Newer ones lock many at once: then nobody knows which it was.
      const table = /LOCK TABLE (?:ONLY )?([^\s,;]+) IN /.exec(reason)?.[1] ?? null;
      throw new AppError("backup-blocked", { table, seconds: lockWaitMs / 1000 }, { cause: error });
    }
    throw new AppError("backup-failed", { reason }, { cause: error });
  }
}

/** Reads a dump from its first byte to its last, as a restore would; a table of contents alone proves nothing. Throws `program-failed`. */
export async function readThrough(binaries: string, folder: string, signal?: AbortSignal): Promise<void> {
  await run(join(binaries, "pg_restore"), ["--format=directory", "--file=/dev/null", folder], {
    dieWithParent: true,
    ...(signal === undefined ? {} : { signal }),
  });
}
