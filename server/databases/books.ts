import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { Books } from "./contract.ts";
import type { Table } from "./tables.ts";
import { listProtectedTables, onSnapshot } from "./tables.ts";

/** Row counts and the sums of all numeric columns of the protected tables, all of one moment; sums as decimal text without trailing zeros. */
export async function readBooks(client: Client): Promise<Books> {
  return onSnapshot(client, () => booksOfSnapshot(client));
}

/** The same inside of a snapshot that the caller holds (`onSnapshot`). */
export async function booksOfSnapshot(client: Client): Promise<Books> {
  const tables: Books["tables"] = [];
  for (const table of await listProtectedTables(client)) tables.push(await booksOf(client, table));
  return { tables };
}

async function booksOf(client: Client, table: Table): Promise<Books["tables"][number]> {
  const money = table.columns.filter(({ type }) => type === "numeric").map(({ name }) => name);
  // Trailing zeros go, so that a migration which only widens a column's scale leaves the books equal.
  const sums = money.map((name) => `trim_scale(coalesce(sum(${id(name)}), 0))::text`);
  const { rows } = await client.query<string[]>({
    text: `SELECT ${["count(*)::text", ...sums].join(", ")} FROM public.${id(table.name)}`,
    rowMode: "array",
  });
  const [count, ...totals] = rows[0] ?? [];
  return {
    table: table.name,
    rows: Number(count),
    totals: Object.fromEntries(money.map((name, index) => [name, totals[index] ?? "0"])),
  };
}
