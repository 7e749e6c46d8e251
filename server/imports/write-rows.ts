import type { ClientBase } from "pg";
import { AppError } from "../platform/errors.ts";
import type { PlainEntity } from "./rows.ts";
import { batches } from "./rows.ts";
import { toPass } from "./rules/numbers.ts";
import type { Value } from "./staging.ts";

/** Writes rows in columns: arrays as long as the batch go over once, which costs a row about as much as COPY does. */

type Column = { name: string; type: string };

const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: "text" }));
const numeric = (...names: string[]): Column[] => names.map((name) => ({ name, type: "numeric" }));
const instant = (...names: string[]): Column[] => names.map((name) => ({ name, type: "timestamptz" }));

const TABLES = {
  customers: [...text("number", "name", "email", "phone", "address", "notes"), ...instant("created_at")],
  items: [
    ...text("sku", "name", "description", "material", "unit"),
    ...numeric("selling_price", "standard_cost", "on_hand", "reorder_point"),
    { name: "active", type: "boolean" },
    ...text("image_sha256"),
    ...instant("created_at"),
  ],
  orders: [
    ...text("number"),
    { name: "customer_id", type: "bigint" },
    ...text("status"),
    ...instant("placed_at", "due_at"),
    ...text("notes"),
    ...numeric("total"),
    ...instant("created_at"),
  ],
  order_lines: [
    { name: "order_id", type: "bigint" },
    { name: "position", type: "integer" },
    { name: "item_id", type: "bigint" },
    ...text("description"),
    ...numeric("quantity", "unit_price", "line_total"),
  ],
  order_attachments: [
    { name: "order_id", type: "bigint" },
    ...text("sha256", "file_name"),
    ...instant("created_at"),
    { name: "created_by", type: "bigint" },
  ],
} satisfies Record<string, Column[]>;

type Table = keyof typeof TABLES;
type Row = readonly Value[];

/** Throws `import-overtaken` when a row with such a key has come in the meantime. Gives the ids by key, where there is one. */
export async function insertRows(client: ClientBase, table: Table, rows: readonly Row[]): Promise<Map<string, string>> {
  const columns: readonly Column[] = TABLES[table];
  const key = table === "items" ? "sku" : table === "customers" || table === "orders" ? "number" : null;
  const names = columns.map(({ name }) => name).join(", ");
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ");
  const sql = `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays})`;
  const ids = new Map<string, string>();
  for (const part of batches(rows)) {
    const values = columns.map((_, index) => part.map((row) => row[index] ?? null));
    if (key === null) await client.query({ text: sql, values });
    else {
      const inserted = await client.query<[string, string]>({
        text: `${sql} ON CONFLICT (${key}) DO NOTHING RETURNING ${key}, id::text`,
        values,
        rowMode: "array",
      });
      if (inserted.rows.length < part.length) throw new AppError("import-overtaken", {});
      for (const [natural, id] of inserted.rows) ids.set(natural, id);
    }
  }
  return ids;
}

/** All columns of rows that are there, by their ids. */
export async function updateRows(
  client: ClientBase,
  table: PlainEntity | "orders",
  rows: readonly { id: string; values: Row }[],
): Promise<void> {
  const columns: readonly Column[] = TABLES[table];
  const sets = columns.map(({ name }, index) => `${name} = v.c${index}`).join(", ");
  const arrays = columns.map(({ type }, index) => `$${index + 2}::${type}[]`).join(", ");
  const names = columns.map((_, index) => `c${index}`).join(", ");
  const sql = `UPDATE ${table} t SET ${sets}, updated_at = now() FROM unnest($1::bigint[], ${arrays}) AS v (id, ${names}) WHERE t.id = v.id`;
  for (const part of batches(rows)) {
    await client.query({
      text: sql,
      values: [part.map(({ id }) => id), ...columns.map((_, index) => part.map(({ values }) => values[index] ?? null))],
    });
  }
}

export async function deleteLines(client: ClientBase, orders: readonly string[]): Promise<void> {
  for (const part of batches(orders)) await client.query("DELETE FROM order_lines WHERE order_id = ANY($1::bigint[])", [part]);
}

const PASSED_AT_ONCE = 1_000_000n;

/**
 * Lets a sequence go beyond a number, so that it never gives it out again: by taking the ones in between, since the app may use sequences but not set them.
 * It stays so when the transaction is taken back, which does no harm.
 */
export async function passNumbers(
  client: ClientBase,
  sequence: "customer_numbers" | "order_numbers",
  highest: bigint,
): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ last: string }>(
      `SELECT (CASE WHEN is_called THEN last_value ELSE last_value - 1 END)::text AS last FROM ${sequence}`,
    );
    const left = toPass(BigInt(rows[0]?.last ?? "0"), highest);
    if (left === 0n) return;
    const now = left < PASSED_AT_ONCE ? left : PASSED_AT_ONCE;
    await client.query(`SELECT max(nextval('${sequence}')) FROM generate_series(1, $1::bigint)`, [now.toString()]);
  }
}

/** New customers with the next numbers, of whom nothing is known but what orders call them. */
export async function insertCalled(client: ClientBase, names: readonly string[]): Promise<void> {
  for (const part of batches(names)) {
    const emails = part.map((name) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(name) ? name : ""));
    await client.query("INSERT INTO customers (name, email) SELECT * FROM unnest($1::text[], $2::text[])", [part, emails]);
  }
}
