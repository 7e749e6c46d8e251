import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import type { RoleNames } from "./connect.ts";
import { connect, isUnreachable, MAINTENANCE_DATABASE, withConnection } from "./connect.ts";

export type DatabasesOptions = {
  host: string;
  port: number;
  roles: RoleNames;
  ownerPassword: string;
  /** The name by which the app finds its database. */
  live: string;
  /** What our connections are called, so that a killed run's are found (`filaops-run-<ulid>`). */
  applicationName: string;
  clock: Clock;
  /** How long sessions may take to end, in milliseconds. */
  sessionsMs?: number;
  /** How long a copy may take, in milliseconds. */
  copyMs?: number;
};

/** The owner's way into the server, as the verbs of this folder use it. */
export type Owner = Required<DatabasesOptions> & {
  /** On the one connection beside all databases, kept open so that a full server cannot lock us out; one piece of work at a time. */
  beside: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  /** On a connection into a database, closed at the end: a session left there would stop a copy or a rename. */
  inside: <T>(database: string, work: (client: Client) => Promise<T>) => Promise<T>;
  /** On a connection of its own, past those at work, of which the kept one is given up: for ending what others are busy with. */
  aside: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

const BESIDE_TIMEOUT_MS = 60_000;
/** A copy, a hash or a migration's ANALYZE of a large database may take hours; how long is too long is the run's to say, by the database's size. */
const LONGEST_STATEMENT_MS = 6 * 3_600_000;

/** Nothing is connected before the first verb; a lost connection is made anew by the next one. */
export function createOwner(options: DatabasesOptions): Owner {
  const login = { host: options.host, port: options.port, user: options.roles.owner, password: options.ownerPassword };
  let kept: Client | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function keptClient(): Promise<Client> {
    if (kept !== null) return kept;
    const settings = { statement_timeout: `${BESIDE_TIMEOUT_MS}ms` };
    const client = await connect(login, { database: MAINTENANCE_DATABASE, applicationName: options.applicationName, settings });
    kept = client;
    client.on("end", () => {
      if (kept === client) kept = null;
    });
    return client;
  }

  async function closeKept(): Promise<void> {
    const client = kept;
    kept = null;
    if (client !== null) await client.end().catch(() => undefined);
  }

  async function beside<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const turn = last.then(async () => {
      try {
        return await work(await keptClient());
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        await closeKept();
        throw unreachable(error);
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  async function connected<T>(where: { database: string; timeoutMs: number }, work: (client: Client) => Promise<T>): Promise<T> {
    const settings = { statement_timeout: `${where.timeoutMs}ms` };
    const connection = { database: where.database, applicationName: options.applicationName, settings };
    try {
      return await withConnection(login, connection, work);
    } catch (error) {
      throw isUnreachable(error) ? unreachable(error) : error;
    }
  }

  return {
    sessionsMs: 10_000,
    copyMs: LONGEST_STATEMENT_MS,
    ...options,
    beside,
    inside: (database, work) => connected({ database, timeoutMs: LONGEST_STATEMENT_MS }, work),
    async aside(work) {
      await closeKept();
      return connected({ database: MAINTENANCE_DATABASE, timeoutMs: BESIDE_TIMEOUT_MS }, work);
    },
    async close() {
      await last;
      await closeKept();
    },
  };
}

/** `ALTER DATABASE … ALLOW_CONNECTIONS`: false refuses everybody, superusers too. */
export async function setAllowConnections(client: Client, name: string, allowed: boolean): Promise<void> {
  await client.query(`ALTER DATABASE ${id(name)} WITH ALLOW_CONNECTIONS ${allowed}`);
}

function unreachable(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError("service-unreachable", { service: "PostgreSQL", reason }, { cause: error });
}
