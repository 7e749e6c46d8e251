import type { ClientBase } from "pg";
import type { Present } from "./rules/classify.ts";

/** Rows of the database by their natural keys, in the columns of an export. In SQL of its own: Prisma would make an object of every value. */

export type PlainEntity = "customers" | "items";
type KeyedEntity = PlainEntity | "orders";

export type Found = Present & { id: string };

/** Rows of a statement: large enough that its costs are the rows', small enough for half a minute on a slow disk. */
export const BATCH = 2000;

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ITEM_DECIMALS = ["selling_price", "standard_cost", "on_hand", "reorder_point"].map((name) => `t.${name}::text`);

const SELECTS: Record<KeyedEntity, { key: string; columns: readonly string[]; from: string }> = {
  customers: {
    key: "t.number",
    columns: ["t.number", "t.name", "t.email", "t.phone", "t.address", "t.notes", iso("t.created_at")],
    from: "customers t",
  },
  items: {
    key: "t.sku",
    columns: [
      ...["t.sku", "t.name", "t.description", "t.material", "t.unit"],
      ...ITEM_DECIMALS,
      ...["t.active::text", "t.image_sha256", iso("t.created_at")],
    ],
    from: "items t",
  },
  orders: {
    key: "t.number",
    columns: [
      ...["t.number", "c.number", "t.status", iso("t.placed_at"), iso("t.due_at")],
      ...["t.notes", "t.total::text", iso("t.created_at")],
    ],
    from: "orders t JOIN customers c ON c.id = t.customer_id",
  },
};

/** Those of the keys that are there. With `lock` they stay as they are until the transaction ends. */
export async function findRows(
  client: ClientBase,
  entity: KeyedEntity,
  { keys, lock }: { keys: readonly string[]; lock: boolean },
): Promise<Map<string, Found>> {
  const { key, columns, from } = SELECTS[entity];
  const sql = `SELECT t.id::text, ${iso("t.updated_at")}, ${columns.join(", ")} FROM ${from} WHERE ${key} = ANY($1::text[])`;
  const found = new Map<string, Found>();
  for (const part of batches(keys)) {
    const text = lock ? `${sql} ORDER BY t.id FOR UPDATE OF t` : sql;
    const { rows } = await client.query<[string, string, string, ...(string | null)[]]>({
      text,
      values: [part],
      rowMode: "array",
    });
    for (const [id, updatedAt, ...values] of rows) found.set(values[0], { id, updatedAt, values });
  }
  return found;
}

/** The lines of orders, each in the columns of an export without the order's number, by the order's id. */
export async function findLines(client: ClientBase, orders: readonly string[]): Promise<Map<string, (string | null)[][]>> {
  const found = new Map<string, (string | null)[][]>();
  for (const part of batches(orders)) {
    const { rows } = await client.query<[string, ...(string | null)[]]>({
      text: `SELECT l.order_id::text, l.position::text, i.sku, l.description, l.quantity::text, l.unit_price::text, l.line_total::text
               FROM order_lines l LEFT JOIN items i ON i.id = l.item_id
              WHERE l.order_id = ANY($1::bigint[]) ORDER BY l.order_id, l.position`,
      values: [part],
      rowMode: "array",
    });
    for (const [id, ...line] of rows) grouped(found, id).push(line);
  }
  return found;
}

/** Attachments of orders as `sha256/name`, by the order's id. */
export async function findAttachments(client: ClientBase, orders: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const part of batches(orders)) {
    const { rows } = await client.query<[string, string]>({
      text: `SELECT order_id::text, sha256 || '/' || file_name FROM order_attachments WHERE order_id = ANY($1::bigint[])`,
      values: [part],
      rowMode: "array",
    });
    for (const [id, attachment] of rows) grouped(found, id).push(attachment);
  }
  return found;
}

/** The ids behind natural keys. */
export async function idsOf(client: ClientBase, entity: KeyedEntity, keys: readonly string[]): Promise<Map<string, string>> {
  const column = entity === "items" ? "sku" : "number";
  const found = new Map<string, string>();
  for (const part of batches(keys)) {
    const { rows } = await client.query<[string, string]>({
      text: `SELECT ${column}, id::text FROM ${entity} WHERE ${column} = ANY($1::text[])`,
      values: [part],
      rowMode: "array",
    });
    for (const [key, id] of rows) found.set(key, id);
  }
  return found;
}

/** Numbers of customers as another tool's orders call them: by number, else by a name or an e-mail that only one has; `null` when more than one has it. */
export async function customersCalled(client: ClientBase, texts: readonly string[]): Promise<Map<string, string | null>> {
  const called = new Map<string, string | null>();
  for (const number of (await idsOf(client, "customers", texts)).keys()) called.set(number, number);
  for (const column of ["name", "email"]) {
    const left = texts.filter((text) => !called.has(text));
    for (const part of batches(left)) {
      const { rows } = await client.query<[string, string, string]>({
        text: `SELECT ${column}, min(number), count(*)::text FROM customers WHERE ${column} = ANY($1::text[]) GROUP BY 1`,
        values: [part],
        rowMode: "array",
      });
      for (const [text, number, count] of rows) called.set(text, count === "1" ? number : null);
    }
  }
  return called;
}

/** The codes of all statuses that an order can have. */
export async function statusCodes(client: ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ code: string }>("SELECT code FROM order_statuses");
  return new Set(rows.map(({ code }) => code));
}

export function batches<T>(all: readonly T[], size = BATCH): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

export function grouped<V>(groups: Map<string, V[]>, key: string): V[] {
  let group = groups.get(key);
  if (group === undefined) groups.set(key, (group = []));
  return group;
}
