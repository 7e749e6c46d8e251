import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import type { Login } from "./connect.ts";
import { inTransaction, isSqlState, LOCK_TIMEOUT_MS, withConnection } from "./connect.ts";
import type { Migration } from "./migrations.ts";
import { readMigrations } from "./migrations.ts";
import { watch } from "./watch.ts";

/** The advisory lock that Prisma's own tools take, so that they and we exclude each other. */
const PRISMA_LOCK = 72707369;

/** The table as Prisma makes it, column by column. */
const HISTORY = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

export type MigrateOptions = {
  applicationName: string;
  clock: Clock;
  /** Called before each migration that is applied, with its place among all that are. */
  onMigration?: (progress: { migration: string; index: number; of: number }) => void;
  /** How long one try may wait for a lock, and how often it is tried. */
  lockTimeoutMs?: number;
  attempts?: number;
  /** How long one migration may take. */
  deadlineMs?: number;
};

/**
 * Brings a database to this build's schema: each file and its row in `_prisma_migrations` in one transaction on one connection, so that
 * a migration happens whole or not at all. Says which were applied. Throws `migration-refused`, `migration-changed`, `migration-unknown`,
 * `migration-unfinished` (nothing was applied), or `migration-failed`, `migration-blocked`, `took-too-long` (those before it stay).
 */
export async function migrate(
  target: { login: Login; database: string; folder: string },
  options: MigrateOptions,
): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(target.folder);
  const connection = { database: target.database, applicationName: options.applicationName };
  return withConnection(target.login, connection, (observer) =>
    withConnection(target.login, connection, async (client) => {
      await excludeOthers(client);
      await client.query(HISTORY);
      const pending = pendingOf(migrations, await readHistory(client));
      for (const [index, migration] of pending.entries()) {
        options.onMigration?.({ migration: migration.name, index: index + 1, of: pending.length });
        await applyPatiently({ client, observer, migration, options });
      }
      return { applied: pending.map(({ name }) => name) };
    }),
  );
}

/** One migration at a time, Prisma's own tools included. */
async function excludeOthers(client: Client): Promise<void> {
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
  } catch (error) {
    if (!isSqlState(error, "55P03")) throw error;
    throw new AppError("database-busy", { who: ["another migration of this database"] }, { cause: error });
  }
}

type HistoryRow = { migration_name: string; checksum: string; finished: boolean };

async function readHistory(client: Client): Promise<HistoryRow[]> {
  const { rows } = await client.query<HistoryRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

/** What is still to be applied; refuses a history that is not a part of this build's. */
function pendingOf(migrations: readonly Migration[], history: readonly HistoryRow[]): Migration[] {
  for (const row of history) {
    const known = migrations.find(({ name }) => name === row.migration_name);
    if (known === undefined) throw new AppError("migration-unknown", { migration: row.migration_name });
    if (!row.finished) throw new AppError("migration-unfinished", { migration: row.migration_name });
    if (known.checksum !== row.checksum) throw new AppError("migration-changed", { migration: row.migration_name });
  }
  const applied = new Set(history.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

type Application = { client: Client; observer: Client; migration: Migration; options: MigrateOptions };

/** Applies one migration; a lock that somebody holds is waited for a few times, then named. */
async function applyPatiently(application: Application): Promise<void> {
  const { client, observer, migration, options } = application;
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const watcher = watch(observer, { pid: rows[0]?.pid ?? 0, clock: options.clock, deadlineMs: options.deadlineMs ?? 600_000 });
  try {
    await applyWithin(options.attempts ?? 3, application, () => watcher.isLate());
  } catch (error) {
    throw explain(error, { migration, who: watcher.blockers(), late: watcher.isLate(), options });
  } finally {
    await watcher.stop();
  }
}

async function applyWithin(attempts: number, application: Application, isLate: () => boolean): Promise<void> {
  try {
    await applyOnce(application);
  } catch (error) {
    if (attempts <= 1 || isLate() || !isSqlState(error, "55P03")) throw error;
    await applyWithin(attempts - 1, application, isLate);
  }
}

async function applyOnce({ client, migration, options }: Application): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SET LOCAL lock_timeout = ${options.lockTimeoutMs ?? LOCK_TIMEOUT_MS}`);
    const transaction = await currentTransaction(client);
    // The simple protocol takes the whole file at once, so PL/pgSQL and semicolons in strings are the server's business.
    await client.query(migration.sql);
    if ((await currentTransaction(client)) !== transaction) {
      throw new AppError("migration-refused", { migration: migration.name, reason: "it ended its own transaction" });
    }
    await client.query(
      `INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, transaction_timestamp(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
  });
  // A file may have set things for its session.
  await client.query("RESET ALL");
}

async function currentTransaction(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
  return rows[0]?.xid;
}

type Circumstances = { migration: Migration; who: string[]; late: boolean; options: MigrateOptions };

function explain(error: unknown, { migration: { name }, who, late, options }: Circumstances): unknown {
  if (error instanceof AppError) return error;
  if (late) {
    const seconds = Math.round((options.deadlineMs ?? 600_000) / 1000);
    return new AppError("took-too-long", { what: `The migration ${name}`, seconds }, { cause: error });
  }
  if (isSqlState(error, "55P03")) return new AppError("migration-blocked", { migration: name, who }, { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError("migration-failed", { migration: name, reason }, { cause: error });
}
