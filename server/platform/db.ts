import { setTimeout as delay } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import type { ClientBase, PoolConfig } from "pg";
import { isNotReady, isSchemaMismatch } from "./db-errors.ts";
import { AppError } from "./errors.ts";
import type { Prisma } from "./generated/prisma/client.ts";
import { PrismaClient } from "./generated/prisma/client.ts";
import type { Snapshot } from "./snapshot.ts";
import { openSnapshot } from "./snapshot.ts";

/** What stores work with: the app's database, or a transaction of it. */
export type Db = Prisma.TransactionClient;

type Readiness =
  | { ready: true; schemaHead: string }
  | { ready: false; schemaHead: string | null; reason: "database-unreachable" | "schema-mismatch" };

export type AppDatabase = {
  /** For reads: one that meets a connection that was ended is asked again on a new one, since a swap ends all of them. */
  read: Db;
  /** One transaction: all of it is saved, or nothing. Once `work` has begun it is never tried again by itself. */
  save: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
  /** A connection for long work with SQL of its own; closed afterwards, so that nothing of it is left to the next one. */
  session: <T>(work: (client: ClientBase) => Promise<T>) => Promise<T>;
  /** Whether the database can be reached and has the schema of this build, now (at most a fifth of a second ago). */
  readiness: () => Promise<Readiness>;
  /** One moment of it, to be read at length on a connection of its own, which whoever opens it closes. */
  snapshot: () => Promise<Snapshot>;
  close: () => Promise<void>;
};

export type AppDatabaseOptions = {
  url: string;
  /** The newest migration of this build; a database with another one is never worked on. */
  schemaHead: string;
  applicationName: string;
  /** Most connections at once, one more for looking whether the database is ready. */
  connections?: number;
};

const READINESS_AGE_MS = 200;
const CONNECT_MS = 2000;
const RETRY_AFTER_MS = [0, 100, 300];
const HEAD = `SELECT migration_name AS head FROM _prisma_migrations
  WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name DESC LIMIT 1`;

/**
 * The app's database. Connects when asked something, not before. Each new connection is first compared with this build: if the schema's head is
 * not ours the connection is closed without a statement of ours having run on it, so no code ever works on another version's schema.
 */
export function createAppDatabase(options: AppDatabaseOptions): AppDatabase {
  const pool = new Pool(poolConfig(options, options.connections ?? 10));
  const lookout = new Pool(poolConfig(options, 1));
  for (const each of [pool, lookout]) each.on("error", () => undefined);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, onConnectionError: () => undefined });
  const client = new PrismaClient({ adapter, errorFormat: "minimal", transactionOptions: { maxWait: 3000, timeout: 20_000 } });
  let last: { at: number; answer: Promise<Readiness> } | null = null;
  return {
    read: retryingReads(client),
    save: (work) => saveOnce(client, work),
    session: (work) => alone(pool, work),
    readiness: () => {
      if (last === null || performance.now() - last.at > READINESS_AGE_MS) {
        last = { at: performance.now(), answer: look(lookout, options.schemaHead) };
      }
      return last.answer;
    },
    snapshot: () =>
      openSnapshot(
        { connectionString: options.url, application_name: options.applicationName, connectionTimeoutMillis: CONNECT_MS },
        (connection) => refuseOtherSchema(connection, options.schemaHead),
      ),
    close: async () => {
      await Promise.all([client.$disconnect(), lookout.end()]);
    },
  };
}

async function alone<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await patiently(() => pool.connect(), isNotReady);
  // An end that comes between two statements is told to the next one.
  client.on("error", () => undefined);
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}

function poolConfig({ url, schemaHead, applicationName }: AppDatabaseOptions, max: number): PoolConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    // Short, so that hardly any session is there when an update has to end them.
    idleTimeoutMillis: 5000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    query_timeout: 32_000,
    keepAlive: true,
    // Runs before the pool hands the new connection to anybody; when it throws, the pool closes the connection and the asker gets the error.
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool waits for the promise; its types do not say so
    onConnect: (connection) => refuseOtherSchema(connection, schemaHead),
  };
}

async function refuseOtherSchema(connection: ClientBase, schemaHead: string): Promise<void> {
  const head = await headOf(connection);
  if (head !== schemaHead) throw new SchemaMismatch(head);
}

/** Thrown for a new connection whose database is not of this build. */
class SchemaMismatch extends AppError<"database-not-ready"> {
  readonly found: string;

  constructor(found: string) {
    super("database-not-ready", { reason: "schema-mismatch" });
    this.found = found;
  }
}

/** The newest applied migration; the empty string for a database without any. */
async function headOf(connection: ClientBase | Pool): Promise<string> {
  const known = await connection.query<{ known: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known");
  if (known.rows[0]?.known !== true) return "";
  const { rows } = await connection.query<{ head: string }>(HEAD);
  return rows[0]?.head ?? "";
}

async function look(lookout: Pool, expected: string): Promise<Readiness> {
  try {
    const schemaHead = await headOf(lookout);
    return schemaHead === expected ? { ready: true, schemaHead } : { ready: false, schemaHead, reason: "schema-mismatch" };
  } catch (error) {
    if (error instanceof SchemaMismatch) return { ready: false, schemaHead: error.found, reason: "schema-mismatch" };
    return { ready: false, schemaHead: null, reason: "database-unreachable" };
  }
}

/** Reads that a broken connection cut are asked again. Nobody writes through it: what saves belongs into `save`. */
function retryingReads(client: PrismaClient): Db {
  const extended = client.$extends({
    query: {
      $allOperations: ({ args, query }): Promise<unknown> => patiently(() => query(args) as Promise<unknown>, isNotReady),
    },
  });
  // The extension changes no types but the client's own name.
  return extended as unknown as Db;
}

/** A transaction for which no connection was found is begun again; one whose work has started is not. */
function saveOnce<T>(client: PrismaClient, work: (db: Db) => Promise<T>): Promise<T> {
  let started = false;
  const begin = () =>
    client.$transaction((db) => {
      started = true;
      return work(db);
    });
  return patiently(begin, (error) => !started && isNotReady(error));
}

async function patiently<T>(act: () => Promise<T>, mayRetry: (error: unknown) => boolean): Promise<T> {
  for (const wait of RETRY_AFTER_MS) {
    try {
      return await act();
    } catch (error) {
      if (!mayRetry(error) || isSchemaMismatch(error)) throw error;
      await delay(wait);
    }
  }
  return act();
}
