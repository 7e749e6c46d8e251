import type { Client } from "pg";
import { AppError } from "../platform/errors.ts";
import { isSqlState } from "./connect.ts";
import type { DatabaseIdentity, DatabaseSettings } from "./contract.ts";

/** The database of this name, or `null`. */
export async function findByName(client: Client, name: string): Promise<DatabaseIdentity | null> {
  return identity(client, "datname = $1", name);
}

/** The database with this oid, whatever its name is now, or `null`. */
export async function findByOid(client: Client, oid: number): Promise<DatabaseIdentity | null> {
  return identity(client, "oid = $1", oid);
}

async function identity(client: Client, condition: string, value: string | number): Promise<DatabaseIdentity | null> {
  const sql = `SELECT datname AS name, oid::int8::text AS oid FROM pg_database WHERE ${condition}`;
  const row = (await client.query<{ name: string; oid: string }>(sql, [value])).rows[0];
  return row === undefined ? null : { name: row.name, oid: Number(row.oid) };
}

/** Bytes of the database's files. */
export async function databaseBytes(client: Client, name: string): Promise<number> {
  const sql = "SELECT pg_database_size(oid)::text AS bytes FROM pg_database WHERE datname = $1";
  const row = (await client.query<{ bytes: string }>(sql, [name])).rows[0];
  if (row === undefined) throw new AppError("database-missing", { name });
  return Number(row.bytes);
}

type SettingsRow = Omit<DatabaseSettings, "settings" | "grants"> & { oid: string; grants: string[] | null };

/** What belongs to a database but does not come along with a template copy (encoding and locale do, and are there to compare). */
export async function databaseSettings(client: Client, name: string): Promise<DatabaseSettings> {
  const { rows } = await client.query<SettingsRow>(
    `SELECT oid::text AS oid, datconnlimit AS "connectionLimit", shobj_description(oid, 'pg_database') AS comment, datacl::text[] AS grants,
            pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype
       FROM pg_database WHERE datname = $1`,
    [name],
  );
  const row = rows[0];
  if (row === undefined) throw new AppError("database-missing", { name });
  const { oid, grants, ...rest } = row;
  const settings = await client.query<{ role: string; config: string[] }>(
    `SELECT coalesce(r.rolname, '') AS role, s.setconfig AS config
       FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = $1 ORDER BY 1`,
    [oid],
  );
  return { settings: settings.rows.map(({ role, config }) => ({ role, config })), grants: grants ?? [], ...rest };
}

/** The newest applied migration; the empty string when none is. Asked inside of the database, also in the middle of a transaction. */
export async function schemaHead(client: Client): Promise<string> {
  const { rowCount } = await client.query(
    "SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = '_prisma_migrations'",
  );
  if (rowCount === 0) return "";
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM public._prisma_migrations
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name COLLATE "C" DESC LIMIT 1`,
  );
  return rows[0]?.name ?? "";
}

/** The server's version as it calls itself, and its major. */
export async function serverVersion(client: Client): Promise<{ text: string; major: number }> {
  const { rows } = await client.query<{ text: string; number: number }>(
    "SELECT current_setting('server_version') AS text, current_setting('server_version_num')::int AS number",
  );
  const { text, number } = rows[0] ?? { text: "", number: 0 };
  return { text, major: Math.floor(number / 10_000) };
}

/** The folder of the server's data; `null` to who may not read all settings (an installation from before this was granted, a managed server). */
export async function dataDirectory(client: Client): Promise<string | null> {
  try {
    return (await client.query<{ path: string }>("SELECT current_setting('data_directory') AS path")).rows[0]?.path ?? null;
  } catch (error) {
    if (isSqlState(error, "42501")) return null;
    throw error;
  }
}
