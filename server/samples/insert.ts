import { z } from "zod";
import { totalsOf } from "../orders/rules/totals.ts";
import type { Farm } from "./rules/farm.ts";

/** Runs a statement with its values, in a transaction of the caller's. */
export type Sql = (text: string, values?: readonly unknown[]) => Promise<unknown[]>;

/** Fills the empty tables of customers, items and orders with a farm. */
export async function insertFarm(sql: Sql, farm: Farm): Promise<void> {
  await insert(
    sql,
    [
      "customers (name, email, phone, address, notes, created_at)",
      `name text, email text, phone text, address text, notes text, "createdAt" timestamptz`,
    ],
    farm.customers,
  );
  await insert(
    sql,
    [
      "items (sku, name, description, material, unit, selling_price, standard_cost, on_hand, reorder_point, active)",
      `sku text, name text, description text, material text, unit text, price numeric, cost numeric, "onHand" numeric, reorder numeric,
     active boolean`,
    ],
    farm.items,
  );
  await insertOrders(sql, farm);
}

/** Orders refer to customers by their place in the list, lines to orders and items: ids are theirs in the order of insertion. */
async function insertOrders(sql: Sql, farm: Farm): Promise<void> {
  const [customerIds, itemIds] = [await idsOf(sql, "customers"), await idsOf(sql, "items")];
  const priced = farm.orders.map((order) => ({ ...order, totals: totalsOf(order.lines) ?? { total: "0", lines: [] } }));
  await insert(
    sql,
    [
      "orders (customer_id, status, placed_at, due_at, notes, total, created_at)",
      `"customerId" bigint, status text, "placedAt" timestamptz, "dueAt" timestamptz, notes text, total numeric, "createdAt" timestamptz`,
    ],
    priced.map((order) => ({
      ...order,
      customerId: customerIds[order.customer],
      total: order.totals.total,
      createdAt: order.placedAt,
    })),
  );
  const orderIds = await idsOf(sql, "orders");
  const lines = priced.flatMap((order, index) =>
    order.lines.map((line, place) => ({
      ...line,
      orderId: orderIds[index],
      itemId: line.item === null ? null : itemIds[line.item],
      position: place + 1,
      lineTotal: order.totals.lines[place],
    })),
  );
  await insert(
    sql,
    [
      "order_lines (order_id, item_id, position, description, quantity, unit_price, line_total)",
      `"orderId" bigint, "itemId" bigint, position int, description text, quantity numeric, "unitPrice" numeric, "lineTotal" numeric`,
    ],
    lines,
  );
}

/** One statement for many rows: the server unfolds one JSON parameter, in its order. */
export async function insert(sql: Sql, [into, columns]: [into: string, columns: string], rows: readonly object[]): Promise<void> {
  const names = columns.split(",").map((column) => column.trim().split(" ")[0]);
  const json = `json_array_elements($1::json) WITH ORDINALITY AS element (row, place)`;
  const record = `json_to_record(element.row) AS r (${columns})`;
  await sql(`INSERT INTO ${into} SELECT ${names.join(", ")} FROM ${json}, ${record} ORDER BY element.place`, [
    JSON.stringify(rows),
  ]);
}

async function idsOf(sql: Sql, table: "customers" | "items" | "orders"): Promise<string[]> {
  const rows = await sql(`SELECT id::text FROM ${table} ORDER BY ${table}.id`);
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
}
