import type { Client } from "pg";
import { AppError } from "../platform/errors.ts";
import type { Owner } from "./owner.ts";
import { setAllowConnections } from "./owner.ts";

export type Session = {
  pid: number;
  /** The session in words: pid, user and program. */
  subject: string;
  /** Whether we may end it: the app's and our own; a superuser's may not be ended by us, and a stranger's is not ours to end. */
  endable: boolean;
};

const POLL_MS = 20;

/**
 * Everybody who is connected to a database but us. Workers that the server starts and ends by itself do not count: autovacuum is nobody's (it has
 * no user, and its kind is hidden from who is no superuser), and the server ends it by itself for a copy, a rename or a drop.
 */
export async function listSessions(client: Client, database: string): Promise<Session[]> {
  const { rows } = await client.query<Session>(
    `SELECT a.pid, format('session %s of %s%s', a.pid, coalesce(a.usename, 'the server'), coalesce(' (' || nullif(a.application_name, '') || ')', '')) AS subject,
            coalesce(NOT r.rolsuper AND pg_has_role(a.usesysid, 'MEMBER'), false) AS endable
       FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
      WHERE a.datname = $1 AND a.pid <> pg_backend_pid()
        AND a.usesysid IS NOT NULL AND a.backend_type IS DISTINCT FROM 'parallel worker'
      ORDER BY a.pid`,
    [database],
  );
  return rows;
}

/**
 * Refuses new connections to a database and ends those there are, until none is left. When somebody is there whom we may not end, nobody is
 * and `database-busy` names them; on every error connections are allowed again.
 */
export async function silence(owner: Owner, client: Client, database: string): Promise<void> {
  refuseStrangers(await listSessions(client, database));
  await refusePrepared(client, database);
  await setAllowConnections(client, database, false);
  try {
    const end = owner.clock.monotonic() + owner.sessionsMs;
    for (;;) {
      const sessions = await listSessions(client, database);
      if (sessions.length === 0) return;
      refuseStrangers(sessions);
      if (owner.clock.monotonic() > end) throw new AppError("database-busy", { who: sessions.map(({ subject }) => subject) });
      await terminate(
        client,
        sessions.map(({ pid }) => pid),
      );
      await owner.clock.sleep(POLL_MS);
    }
  } catch (error) {
    await setAllowConnections(client, database, true).catch(() => undefined);
    throw error;
  }
}

function refuseStrangers(sessions: readonly Session[]): void {
  const strangers = sessions.filter(({ endable }) => !endable);
  if (strangers.length > 0) throw new AppError("database-busy", { who: strangers.map(({ subject }) => subject) });
}

/** A prepared transaction has no session to end, and the server would wait for it in vain. */
async function refusePrepared(client: Client, database: string): Promise<void> {
  const sql = "SELECT format('prepared transaction %s of %s', gid, owner) AS who FROM pg_prepared_xacts WHERE database = $1";
  const { rows } = await client.query<{ who: string }>(sql, [database]);
  if (rows.length > 0) throw new AppError("database-busy", { who: rows.map(({ who }) => who) });
}

async function terminate(client: Client, pids: readonly number[]): Promise<void> {
  await client.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [pids]);
}

/**
 * Ends every backend with this application name, those of our own connections too, and waits until they are gone: a statement goes on when its
 * client was killed or gave up on it, and nothing may be asked before it has stopped. Throws `database-busy` when some stay.
 */
export async function endBackends(owner: Owner, client: Client, applicationName: string): Promise<void> {
  await endAll(owner, client, { column: "application_name", value: applicationName });
}

/** The same for every session of a role that the owner is a member of, whatever it calls itself and wherever it is. */
export async function endRole(owner: Owner, client: Client, role: string): Promise<void> {
  await endAll(owner, client, { column: "usename", value: role });
}

type Whose = { column: "application_name" | "usename"; value: string };

async function endAll(owner: Owner, client: Client, { column, value }: Whose): Promise<void> {
  const end = owner.clock.monotonic() + owner.sessionsMs;
  for (;;) {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE ${column} = $1 AND pid <> pg_backend_pid()`,
      [value],
    );
    if (rows.length === 0) return;
    if (owner.clock.monotonic() > end) {
      throw new AppError("database-busy", { who: rows.map(({ pid }) => `session ${pid} (${value})`) });
    }
    await terminate(
      client,
      rows.map(({ pid }) => pid),
    );
    await owner.clock.sleep(POLL_MS);
  }
}

/** Waits until no session of the app has written anything that is not committed; whoever takes too long is ended, and its work rolled back. */
export async function awaitWriters(owner: Owner, client: Client, graceMs: number): Promise<void> {
  const grace = owner.clock.monotonic() + graceMs;
  const end = grace + owner.sessionsMs;
  for (;;) {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE usename = $1 AND backend_xid IS NOT NULL",
      [owner.roles.app],
    );
    if (rows.length === 0) return;
    const now = owner.clock.monotonic();
    if (now > end) throw new AppError("database-busy", { who: rows.map(({ pid }) => `session ${pid} of ${owner.roles.app}`) });
    if (now > grace) {
      await terminate(
        client,
        rows.map(({ pid }) => pid),
      );
    }
    await owner.clock.sleep(POLL_MS);
  }
}
