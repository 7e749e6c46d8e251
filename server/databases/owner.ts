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
  /** The server's process ids of our open connections. */
  pids: () => number[];
  close: () => Promise<void>;
};

const BESIDE_TIMEOUT_MS = 60_000;
const INSIDE_TIMEOUT_MS = 1_800_000;

/** Nothing is connected before the first verb; a lost connection is made anew by the next one. */
export function createOwner(options: DatabasesOptions): Owner {
  const login = { host: options.host, port: options.port, user: options.roles.owner, password: options.ownerPassword };
  const open = new Map<Client, number>();
  let kept: Client | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function keptClient(): Promise<Client> {
    if (kept !== null) return kept;
    const settings = { statement_timeout: `${BESIDE_TIMEOUT_MS}ms` };
    const client = await connect(login, { database: MAINTENANCE_DATABASE, applicationName: options.applicationName, settings });
    kept = client;
    open.set(client, await pidOf(client));
    client.on("end", () => {
      open.delete(client);
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

  return {
    sessionsMs: 10_000,
    copyMs: 1_800_000,
    ...options,
    beside,
    async inside(database, work) {
      const settings = { statement_timeout: `${INSIDE_TIMEOUT_MS}ms` };
      try {
        return await withConnection(login, { database, applicationName: options.applicationName, settings }, async (client) => {
          open.set(client, await pidOf(client));
          try {
            return await work(client);
          } finally {
            open.delete(client);
          }
        });
      } catch (error) {
        throw isUnreachable(error) ? unreachable(error) : error;
      }
    },
    pids: () => [...open.values()],
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

async function pidOf(client: Client): Promise<number> {
  return (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid ?? 0;
}

function unreachable(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError("service-unreachable", { service: "PostgreSQL", reason }, { cause: error });
}
