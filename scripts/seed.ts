import { parseArgs } from "node:util";
import { Client } from "pg";
import { hashPassword } from "../server/auth/passwords.ts";
import { totalsOf } from "../server/orders/rules/totals.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readEnv } from "../server/platform/env.ts";
import type { Farm } from "./seed/farm.ts";
import { makeFarm, SEED_USERS } from "./seed/farm.ts";
import { seedFiles } from "./seed/files.ts";

export type SeedOptions = {
  /** The password of all four users: owner@, admin@, staff@ and viewer@farm.example. */
  password: string;
  customers?: number;
  items?: number;
  orders?: number;
  /** The day of the newest order; the oldest is two years older. */
  until?: Date;
  /** `FILAOPS_HOME/files`; without it, nothing has pictures and documents. */
  files?: string;
};

/**
 * Fills an empty, migrated database with a print farm, in one transaction and a few seconds: always the same one for the same options (but for
 * the salt of the passwords). Connect as the owner. Throws when there are users or customers already.
 */
export async function seedFarm(connectionString: string, options: SeedOptions): Promise<void> {
  const { password, customers = 300, items = 150, orders = 4000, until = systemClock.now(), files } = options;
  const farm = makeFarm({ customers, items, orders, until });
  const client = new Client({ connectionString, application_name: "filaops-seed" });
  await client.connect();
  try {
    await client.query("BEGIN");
    await refuseUnlessEmpty(client);
    await insertAll(client, farm, await hashPassword(password));
    if (files !== undefined) await seedFiles(client, files);
    await client.query("COMMIT");
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
}

async function refuseUnlessEmpty(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT 1 FROM users UNION ALL SELECT 1 FROM customers LIMIT 1");
  if (rows.length > 0) throw new Error("The database is not empty: nothing was seeded.");
}

async function insertAll(client: Client, farm: Farm, passwordHash: string): Promise<void> {
  await insert(client, ["settings (key, value)", "key text, value jsonb"], farm.settings);
  const users = SEED_USERS.map((user) => ({ ...user, passwordHash }));
  await insert(
    client,
    ["users (email, name, role, password_hash)", `email text, name text, role text, "passwordHash" text`],
    users,
  );
  await insert(
    client,
    [
      "customers (name, email, phone, address, notes, created_at)",
      `name text, email text, phone text, address text, notes text, "createdAt" timestamptz`,
    ],
    farm.customers,
  );
  await insert(
    client,
    [
      "items (sku, name, description, material, unit, selling_price, standard_cost, on_hand, reorder_point, active)",
      `sku text, name text, description text, material text, unit text, price numeric, cost numeric, "onHand" numeric, reorder numeric,
     active boolean`,
    ],
    farm.items,
  );
  await insertOrders(client, farm);
}

/** Orders refer to customers by their place in the list, lines to orders and items: ids are theirs in the order of insertion. */
async function insertOrders(client: Client, farm: Farm): Promise<void> {
  const [customerIds, itemIds] = [await idsOf(client, "customers"), await idsOf(client, "items")];
  const priced = farm.orders.map((order) => ({ ...order, totals: totalsOf(order.lines) ?? { total: "0", lines: [] } }));
  await insert(
    client,
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
  const orderIds = await idsOf(client, "orders");
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
    client,
    [
      "order_lines (order_id, item_id, position, description, quantity, unit_price, line_total)",
      `"orderId" bigint, "itemId" bigint, position int, description text, quantity numeric, "unitPrice" numeric, "lineTotal" numeric`,
    ],
    lines,
  );
}

/** One statement for many rows: the server unfolds one JSON parameter, in its order. */
async function insert(client: Client, [into, columns]: [into: string, columns: string], rows: readonly object[]): Promise<void> {
  const names = columns.split(",").map((column) => column.trim().split(" ")[0]);
  const json = `json_array_elements($1::json) WITH ORDINALITY AS element (row, place)`;
  const record = `json_to_record(element.row) AS r (${columns})`;
  await client.query(`INSERT INTO ${into} SELECT ${names.join(", ")} FROM ${json}, ${record} ORDER BY element.place`, [
    JSON.stringify(rows),
  ]);
}

async function idsOf(client: Client, table: "customers" | "items" | "orders"): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`);
  return rows.map(({ id }) => id);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { customers: { type: "string" }, items: { type: "string" }, orders: { type: "string" } },
  });
  const [url, password] = [readEnv("FILAOPS_OWNER_DATABASE_URL"), readEnv("FILAOPS_SEED_PASSWORD")];
  if (url === undefined || password === undefined) {
    process.stderr.write("Set FILAOPS_OWNER_DATABASE_URL and FILAOPS_SEED_PASSWORD, then run this again.\n");
    process.exitCode = 1;
  } else {
    const counts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
    await seedFarm(url, { password, ...counts });
    process.stdout.write(`Sign in as ${SEED_USERS.map(({ email }) => email).join(", ")}.\n`);
  }
}
