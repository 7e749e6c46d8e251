import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../server/databases/migrate.ts";
import type { TestDatabase } from "../../server/databases/testing/test-database.ts";
import { createTestDatabase } from "../../server/databases/testing/test-database.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { remove } from "../../server/platform/files.ts";

const ROOT = join(import.meta.dirname, "..", "..");
let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-demo-migrations-"));
  db = await createTestDatabase({ sql: "" });
  await apply("");
  await db.query("owner", "INSERT INTO customers (name) VALUES ('Ada')");
  await db.query(
    "owner",
    "INSERT INTO orders (customer_id, status, placed_at, total) SELECT id, 'draft', now(), 30 FROM customers",
  );
  await db.query(
    "owner",
    `INSERT INTO order_lines (order_id, position, description, quantity, unit_price, line_total)
     SELECT id, place, 'Bracket', 1, 15, 15 FROM orders, generate_series(1, 2) AS place`,
  );
});

afterEach(async () => {
  await db.close();
  await remove(folder);
});

/** Applies what a release of the demonstration adds to what is there; the build's own migrations for "". */
async function apply(version: string): Promise<{ applied: string[] }> {
  const from = version === "" ? ROOT : join(ROOT, "scripts", "demo-releases", version);
  await cp(join(from, "prisma", "migrations"), folder, { recursive: true });
  const target = { login: db.logins.owner, database: db.name, folder };
  return migrate(target, { applicationName: "filaops-test-demo", clock: systemClock });
}

async function count(table: string): Promise<number> {
  const [row] = await db.query("owner", `SELECT count(*)::int AS rows FROM ${table}`);
  return Number(row?.["rows"]);
}

test("1.1.0 adds one status and leaves the orders as they are", async () => {
  const statuses = await count("order_statuses");
  expect((await apply("1.1.0")).applied).toEqual(["20261201000000_rush_orders"]);
  expect([(await count("order_statuses")) - statuses, await count("orders"), await count("order_lines")]).toEqual([1, 1, 2]);
  expect(await db.query("owner", "SELECT status, rush FROM orders")).toEqual([{ status: "draft", rush: false }]);
});

test("1.2.0 fails half-way, on any data", async () => {
  await apply("1.1.0");
  await expect(apply("1.2.0")).rejects.toMatchObject({ code: "migration-failed" });
  await db.query("owner", "TRUNCATE customers CASCADE");
  await expect(apply("1.2.0")).rejects.toThrow("loyalty_points");
});

test("2.0.0 makes priorities of rush orders, which code of before does not know; 3.0.0 fails when most of it is done", async () => {
  await apply("1.1.0");
  await db.query("owner", "UPDATE orders SET status = 'rush'");
  const [books] = await db.query("owner", "SELECT count(*)::int AS rows, sum(total)::text AS total FROM orders");
  expect((await apply("2.0.0")).applied).toEqual(["20261210000000_priorities"]);
  expect(await db.query("owner", "SELECT status, priority FROM orders")).toEqual([{ status: "next", priority: 1 }]);
  await expect(db.query("owner", "SELECT rush FROM orders")).rejects.toThrow("rush");
  await expect(apply("3.0.0")).rejects.toMatchObject({ code: "migration-failed" });
  expect(await db.query("owner", "SELECT count(*)::int AS rows, sum(total)::text AS total FROM orders")).toEqual([books]);
});

test("1.5.0 reports success and has lost a line of each order", async () => {
  await apply("1.1.0");
  expect((await apply("1.5.0")).applied).toEqual(["20261205000000_line_discounts"]);
  expect(await count("order_lines")).toBe(1);
});
