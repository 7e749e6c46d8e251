import { Client } from "pg";
import { AppError } from "../platform/errors.ts";
import { isErrno } from "../platform/files.ts";

/** Where and as whom to connect. */
export type Login = { host: string; port: number; user: string; password: string };

export type ConnectOptions = {
  database: string;
  /** What the server shows in pg_stat_activity; what a killed run left behind is found by it. */
  applicationName: string;
  /** Settings of the session, which win over those of the database and of the role. */
  settings?: Record<string, string>;
};

/** The roles of one installation. They belong to the whole server, not to one database. */
export type RoleNames = { owner: string; app: string; writer: string; loader: string };

/** The database that one connects to in order to work on others: a copy or a rename needs its databases to be left alone. */
export const MAINTENANCE_DATABASE = "postgres";

/** How long a statement of ours may wait for a lock: longer means that somebody else is at work, and that is said. */
export const LOCK_TIMEOUT_MS = 5000;

/**
 * A connection whose commits are durable whatever the server's defaults are (a committed rename was lost in a crash with
 * `synchronous_commit = off`). Throws `service-unreachable` when the server does not take us.
 */
export async function connect(login: Login, { database, applicationName, settings = {} }: ConnectOptions): Promise<Client> {
  const session = { synchronous_commit: "on", lock_timeout: `${LOCK_TIMEOUT_MS}ms`, client_min_messages: "warning", ...settings };
  const client = new Client({
    ...login,
    database,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: Object.entries(session)
      .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, "\\$&")}`)
      .join(" "),
  });
  // A connection that is lost between two queries must not end the process; the next query says it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (isUnreachable(error)) {
      const reason = error instanceof Error && error.message !== "" ? error.message : String(error);
      throw new AppError("service-unreachable", { service: "PostgreSQL", reason }, { cause: error });
    }
    throw error;
  }
}

/** Connects, works, and disconnects whatever happens. */
export async function withConnection<T>(login: Login, options: ConnectOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(login, options);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Runs the work in a transaction; any throw takes it back. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A lost connection has rolled back already, and the first error is the one that matters.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Whether a thrown value is PostgreSQL's error with this SQLSTATE. */
export function isSqlState(error: unknown, state: string): boolean {
  return isErrno(error, state);
}

/** Whether the server could not be reached, or the connection to it was lost: it is asked again, nothing is known of what it did last. */
export function isUnreachable(error: unknown): boolean {
  const codes = [
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ETIMEDOUT",
    "ENOTFOUND",
    "EPIPE",
    "57P03",
    "57P01",
    "57P02",
    "53300",
  ];
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  if (codes.some((code) => isErrno(error, code))) return true;
  // Our own driver's errors have words only; what has a code is the server's, who is there, such as "canceling statement due to lock timeout".
  return error instanceof Error && !("code" in error && error.code !== undefined) && /terminated|timeout/.test(error.message);
}
