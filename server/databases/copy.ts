import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { AppError } from "../platform/errors.ts";
import { isSqlState } from "./connect.ts";
import type { DatabaseIdentity, DatabaseSettings } from "./contract.ts";
import { findByName, findByOid, serverVersion } from "./inspect.ts";
import type { Owner } from "./owner.ts";
import { setAllowConnections } from "./owner.ts";
import { silence } from "./sessions.ts";
import { applySettings } from "./settings.ts";

/** PostgreSQL cuts longer names off without a word. */
const NAME_BYTES = 63;
/** A session may have passed the server's door just before it was shut: ended again, tried again. */
const ATTEMPTS = 5;

export type CopyRequest = { source: DatabaseIdentity; target: string; settings: DatabaseSettings };

/**
 * A template copy. The source takes no connections meanwhile; it does again on every way out. The copy is closed to everybody until it has
 * its settings and grants. Throws `database-busy`, `database-name-taken`, `database-moved`, `database-refused`.
 */
export async function copy(owner: Owner, client: Client, { source, target, settings }: CopyRequest): Promise<DatabaseIdentity> {
  if (Buffer.byteLength(target) > NAME_BYTES) {
    throw new AppError("database-refused", { doing: `copy to ${target}`, reason: "the name is too long" });
  }
  const found = await findByName(client, source.name);
  if (found?.oid !== source.oid) {
    throw new AppError("database-moved", { name: source.name, expected: source.oid, found: found?.oid ?? null });
  }
  await copyClosed(owner, client, { source, target, settings });
  try {
    await applySettings(client, target, settings);
  } catch (error) {
    throw refused(`give ${target} the settings of ${source.name}`, error);
  }
  await setAllowConnections(client, target, true);
  const made = await findByName(client, target);
  if (made === null) throw new AppError("database-missing", { name: target });
  return made;
}

async function copyClosed(owner: Owner, client: Client, request: CopyRequest): Promise<void> {
  const { source, target, settings } = request;
  const { major } = await serverVersion(client);
  // Before 15 there was only this way to copy, and no word for it.
  const strategy = major >= 15 ? "STRATEGY file_copy" : "";
  const create = `CREATE DATABASE ${id(target)} TEMPLATE ${id(source.name)} OWNER ${id(owner.roles.owner)} ${strategy}
    ALLOW_CONNECTIONS false CONNECTION LIMIT ${settings.connectionLimit}`;
  await client.query(`SET statement_timeout = ${owner.copyMs}`);
  try {
    await whenSilent({ owner, client, names: [source.name] }, () => client.query(create));
  } catch (error) {
    if (isNameTaken(error)) throw new AppError("database-name-taken", { name: target }, { cause: error });
    throw refused(`copy ${source.name} to ${target}`, error);
  } finally {
    // When the connection is lost these fail too, and the first error is the one to tell; the run's undo allows connections again.
    await setAllowConnections(client, source.name, true).catch(() => undefined);
    await client.query("RESET statement_timeout").catch(() => undefined);
  }
}

/** Ends all sessions of the databases, then acts; again when somebody had slipped in. */
export async function whenSilent<T>(
  where: { owner: Owner; client: Client; names: readonly string[] },
  act: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    for (const name of where.names) await silence(where.owner, where.client, name);
    try {
      return await act();
    } catch (error) {
      if (!isSqlState(error, "55006") || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Drops the database with this oid; that it is gone is fine. Throws `database-protected` for the live one. */
export async function drop(owner: Owner, client: Client, oid: number): Promise<void> {
  const found = await findByOid(client, oid);
  if (found === null) return;
  if (found.name === owner.live) throw new AppError("database-protected", { name: found.name });
  // Nobody gets into what an earlier drop left half removed, and the server alters no such database: it only drops it.
  const names = (await isInvalid(client, oid)) ? [] : [found.name];
  try {
    await whenSilent({ owner, client, names }, async () => {
      // A name is only an address: it may have been given to another one while its sessions were ended.
      if ((await findByOid(client, oid))?.name !== found.name) {
        throw new AppError("database-moved", { name: found.name, expected: oid, found: null });
      }
      await client.query(`DROP DATABASE IF EXISTS ${id(found.name)}`);
    });
  } catch (error) {
    const still = await findByOid(client, oid).catch(() => null);
    if (still !== null) await setAllowConnections(client, still.name, true).catch(() => undefined);
    throw refused(`drop ${found.name}`, error);
  }
}

/** Whether a drop of it was broken off, by a crash or a full disk (PostgreSQL, pg_database.datconnlimit). */
async function isInvalid(client: Client, oid: number): Promise<boolean> {
  return (await client.query("SELECT FROM pg_database WHERE oid = $1 AND datconnlimit = -2", [oid])).rowCount === 1;
}

/** Two ways in which the server says it: by looking, and by its unique index when another made it at the same moment. */
function isNameTaken(error: unknown): boolean {
  return isSqlState(error, "42P04") || isSqlState(error, "23505");
}

/** PostgreSQL's own refusals in our words; ours and lost connections pass. */
export function refused(doing: string, error: unknown): unknown {
  const isServers =
    error instanceof Error && "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code);
  if (!isServers || error instanceof AppError || error.code === "EPIPE" || String(error.code).startsWith("57P")) return error;
  return new AppError("database-refused", { doing, reason: error.message }, { cause: error });
}
