import type { Client } from "pg";
import { isProtected } from "./rules/protected.ts";

type Column = { name: string; type: string; generated: boolean; key: boolean };
export type Table = { name: string; columns: Column[] };

/** All tables of the schema `public` (a partitioned one as a whole) with their columns in order, by name. */
export async function listTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT c.relname AS name, json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL),
              'generated', a.attgenerated <> '' OR a.attidentity = 'a', 'key', coalesce(a.attnum = ANY (i.indkey::int2[]), false)) ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      GROUP BY c.relname ORDER BY c.relname COLLATE "C"`,
  );
  return rows;
}

/** The tables that hold what people entered. */
export async function listProtectedTables(client: Client): Promise<Table[]> {
  return (await listTables(client)).filter(({ name }) => isProtected(name));
}

/** Runs the work on one snapshot of the data, read only, with values written as text in one way whatever the database's settings are. */
export async function onSnapshot<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL xmlbinary = 'base64'; SET LOCAL search_path = public;
    SET LOCAL max_parallel_workers_per_gather = 4`);
  try {
    return await work();
  } finally {
    await client.query("ROLLBACK").catch(() => undefined);
  }
}
