import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { AppError } from "../platform/errors.ts";
import { inTransaction } from "./connect.ts";
import type { Carried } from "./contract.ts";
import { refused } from "./copy.ts";
import type { Table } from "./tables.ts";
import { listTables, onSnapshot } from "./tables.ts";

/** What a table gives: rows as PostgreSQL writes them, by the columns that both databases have. */
type Taken = { columns: Column[]; rows: (string | null)[][] };
type Column = Table["columns"][number];
type Taking = { table: string; where: string; needs: readonly string[] };

const USERS: Taking = { table: "users", where: "role = 'owner'", needs: ["email", "role", "password_hash"] };
const SETTINGS: Taking = { table: "settings", where: "true", needs: ["key", "value"] };

/**
 * Takes the owners' accounts, as they are and with their numbers, and the settings of one database into another, whose schema may be newer: by the columns
 * that both have. Nobody else has an account there afterwards, whatever made one. Idempotent. Throws `carry-over-impossible`.
 */
export async function carryOver(from: Client, to: Client): Promise<Carried> {
  const tables = await listTables(to);
  const [users, settings] = await onSnapshot(from, async () => [
    await take(from, tables, USERS),
    await take(from, tables, SETTINGS),
  ]);
  if (users === null) throw impossible("the new version keeps accounts in another way");
  if (!users.rows.some((row) => isInUse(users.columns, row))) throw impossible("no owner's account is in use");
  try {
    return await inTransaction(to, async () => {
      await to.query("DELETE FROM public.users");
      await give(to, USERS.table, users);
      await moveNumberOn(to, users.columns);
      if (settings !== null) await replaceSettings(to, settings);
      return { owners: await countOf(to, USERS.table), settings: settings === null ? 0 : await countOf(to, SETTINGS.table) };
    });
  } catch (error) {
    const said = refused("carry over", error);
    if (said instanceof AppError && said.code === "database-refused" && error instanceof Error) {
      throw impossible(error.message, error);
    }
    throw said;
  }
}

/** `null` when one of the two has no such table, or not the columns without which its rows mean nothing. */
async function take(from: Client, target: readonly Table[], { table, where, needs }: Taking): Promise<Taken | null> {
  const source = (await listTables(from)).find(({ name }) => name === table);
  const wanted = target.find(({ name }) => name === table)?.columns.filter(({ generated }) => !generated) ?? [];
  const columns = wanted.filter(({ name }) => source?.columns.some((column) => column.name === name) === true);
  if (!needs.every((need) => columns.some(({ name }) => name === need))) return null;
  const list = columns.map(({ name }) => `${id(name)}::text`).join(", ");
  const text = `SELECT ${list} FROM public.${id(table)} WHERE ${where}`;
  const { rows } = await from.query<(string | null)[]>({ text, rowMode: "array" });
  return { columns, rows };
}

/** Rows go as parameters, so that a password's hash is in no statement, and in no log of the server's. */
async function give(to: Client, table: string, { columns, rows }: Taken): Promise<void> {
  const list = columns.map(({ name }) => id(name)).join(", ");
  const values = columns.map(({ type }, index) => `$${index + 1}::text::${type}`).join(", ");
  for (const row of rows) await to.query(`INSERT INTO public.${id(table)} (${list}) VALUES (${values})`, row);
}

/** What the new version begins with of its own stays where the old one had nothing. */
async function replaceSettings(to: Client, settings: Taken): Promise<void> {
  const at = settings.columns.findIndex(({ name }) => name === "key");
  await to.query("DELETE FROM public.settings WHERE key = ANY ($1)", [settings.rows.map((row) => row[at])]);
  await give(to, SETTINGS.table, settings);
}

/** The next account gets a number beyond those that came along. */
async function moveNumberOn(to: Client, columns: readonly Column[]): Promise<void> {
  if (!columns.some(({ name }) => name === "id")) return;
  await to.query(`SELECT setval(sequence, highest) FROM (
    SELECT pg_get_serial_sequence('public.users', 'id')::regclass AS sequence, (SELECT max(id)::bigint FROM public.users) AS highest) numbers
    WHERE sequence IS NOT NULL AND highest > 0`);
}

function isInUse(columns: readonly Column[], row: readonly (string | null)[]): boolean {
  const at = columns.findIndex(({ name }) => name === "disabled_at");
  return at < 0 || row[at] === null;
}

async function countOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM public.${id(table)}`);
  return rows[0]?.count ?? 0;
}

function impossible(reason: string, cause?: unknown): AppError {
  return new AppError("carry-over-impossible", { reason }, { cause });
}
