import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { Books, ChangesSince } from "./contract.ts";
import type { Table } from "./tables.ts";
import { listProtectedTables, onSnapshot } from "./tables.ts";

/**
 * What was entered in a database since the moment of these books, by the times that rows carry and by how many there are: a restored database is
 * not there yet to be compared with. A table without times tells how many rows came or went.
 */
export async function readWrittenSince(client: Client, { since, books }: { since: Date; books: Books }): Promise<ChangesSince> {
  return onSnapshot(client, async () => {
    const tables: ChangesSince["tables"] = [];
    for (const table of await listProtectedTables(client)) {
      const before = books.tables.find((one) => one.table === table.name)?.rows ?? 0;
      tables.push({ table: table.name, ...(await countWritten(client, { table, since, before })) });
    }
    return { tables };
  });
}

type Counting = { table: Table; since: Date; before: number };

async function countWritten(client: Client, { table, since, before }: Counting) {
  const has = (name: string) => table.columns.some((column) => column.name === name && column.type.startsWith("timestamp"));
  const created = has("created_at") ? `count(*) FILTER (WHERE created_at > $1)` : "NULL";
  const changed = has("updated_at") && has("created_at") ? `count(*) FILTER (WHERE updated_at > $1 AND created_at <= $1)` : "0";
  const { rows } = await client.query<{ now: string; added: string | null; changed: string }>(
    `SELECT count(*) AS now, ${created} AS added, ${changed} AS changed FROM public.${id(table.name)} WHERE $1::timestamptz IS NOT NULL`,
    [since],
  );
  const now = Number(rows[0]?.now ?? 0);
  const more = now - before;
  const added = rows[0]?.added === null || rows[0] === undefined ? Math.max(0, more) : Number(rows[0].added);
  return { added, changed: Number(rows[0]?.changed ?? 0), removed: Math.max(0, added - more) };
}
