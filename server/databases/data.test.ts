import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Databases } from "./databases.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

const SQL = `
  CREATE TABLE orders (id serial PRIMARY KEY, total numeric(14,2) NOT NULL, tax numeric, placed timestamptz DEFAULT '2026-01-01', raw bytea, extra json);
  CREATE TABLE users (id serial PRIMARY KEY, name text, last_seen_at timestamptz);
  CREATE TABLE idempotency_keys (key text PRIMARY KEY);
  CREATE TABLE system_updates (id int PRIMARY KEY);
  CREATE TABLE "Odd ""name""" ("a b" numeric PRIMARY KEY);
  INSERT INTO orders (total, raw) VALUES (0.10, 'x'), (0.20, 'y'), (12345678901.10, NULL);
  INSERT INTO users (name) VALUES ('Ada'), ('Grace');
  INSERT INTO "Odd ""name""" VALUES ('NaN')`;

let db: TestDatabase;
let databases: Databases;

beforeEach(async () => {
  db = await createTestDatabase({ sql: SQL });
  databases = db.databases();
});
afterEach(() => db.close());

test("books count rows and add up money exactly, of what people entered only", async () => {
  expect(await databases.books(db.name)).toEqual({
    tables: [
      { table: 'Odd "name"', rows: 1, totals: { "a b": "NaN" } },
      { table: "orders", rows: 3, totals: { total: "12345678901.4", tax: "0" } },
      { table: "users", rows: 2, totals: {} },
    ],
  });
});

describe("the hash of the data", () => {
  test.each([
    ["a changed value", "UPDATE orders SET total = 0.11 WHERE id = 1"],
    ["two values exchanged", "UPDATE users SET name = CASE name WHEN 'Ada' THEN 'Grace' ELSE 'Ada' END"],
    ["a row more", "INSERT INTO users (name) VALUES ('Ada')"],
    ["a row less", "DELETE FROM orders WHERE id = 2"],
    ["a scale that is written otherwise", "UPDATE orders SET tax = 0"],
    ["bytes", "UPDATE orders SET raw = 'z' WHERE id = 1"],
  ])("sees %s", async (_what, sql) => {
    const before = await databases.dataHash(db.name);
    await db.query("owner", sql);
    expect(await databases.dataHash(db.name)).not.toBe(before);
  });

  test.each([
    ["the order of rows", "UPDATE orders SET total = total WHERE id = 1"],
    ["tables that nobody would miss", "INSERT INTO idempotency_keys VALUES ('k'); INSERT INTO system_updates VALUES (1)"],
    ["what reading writes", "UPDATE users SET last_seen_at = now()"],
    [
      "how the database is set to write values",
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', current_database()); EXECUTE format('ALTER DATABASE %I SET datestyle = ''German''', current_database()); END $$",
    ],
    ["a vacuum", "VACUUM FULL orders"],
  ])("does not see %s", async (_what, sql) => {
    const before = await databases.dataHash(db.name);
    await db.query("owner", sql);
    expect(await databases.dataHash(db.name)).toBe(before);
  });
});

describe("defects of a migrated copy", () => {
  const defects = async () => databases.defects(db.name, await databases.settings(db.name));

  test("there are none in a sound one, with the fence open or closed, and the look leaves nothing behind", async () => {
    const before = await databases.dataHash(db.name);
    expect(await defects()).toEqual([]);
    await databases.closeFence();
    expect(await defects()).toEqual([]);
    expect(await databases.fence()).toBe("closed");
    expect(await databases.dataHash(db.name)).toBe(before);
    await databases.openFence();
  });

  test.each([
    [
      "a constraint that was never checked",
      "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 1) NOT VALID",
      "the constraint c of orders is not valid",
    ],
    ["a table that the app may not read", `REVOKE SELECT ON orders FROM :app`, "the app may not read orders"],
    ["a table that cannot be written", `REVOKE UPDATE ON orders FROM :writer`, "orders cannot be written"],
    ["a way past the fence", `GRANT UPDATE ON orders TO :app`, "the app may write orders past the fence"],
    ["a way past the fence for everybody", `GRANT DELETE ON orders TO PUBLIC`, "the app may write orders past the fence"],
    ["an owner's table open to the app", `GRANT INSERT ON system_updates TO :writer`, "system_updates can be written by the app"],
    [
      "a sequence that gives no numbers",
      `REVOKE USAGE ON SEQUENCE orders_id_seq FROM :writer`,
      "the numbers of orders_id_seq cannot be drawn",
    ],
    [
      "a trigger that refuses every write",
      `CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never''; END'; CREATE TRIGGER no BEFORE UPDATE ON users EXECUTE FUNCTION no()`,
      "a write into users fails: never",
    ],
  ])("%s", async (_what, sql, defect) => {
    await db.query("owner", sql.replace(":app", db.roles.app).replace(":writer", db.roles.writer));
    expect(await defects()).toContain(defect);
  });

  test("settings other than the source's", async () => {
    const like = await databases.settings(db.name);
    await db.query("owner", `ALTER DATABASE ${db.name} SET work_mem = '9MB'; ALTER DATABASE ${db.name} CONNECTION LIMIT 3`);
    expect(await databases.defects(db.name, like)).toEqual(["settings too many: work_mem=9MB", "connectionLimit is 3, not -1"]);
  });
});

test("grants are put right again, as often as one likes", async () => {
  await db.query(
    "owner",
    `REVOKE ALL ON orders FROM ${db.roles.app}, ${db.roles.writer}; GRANT INSERT ON system_updates TO ${db.roles.writer}`,
  );
  await databases.applyGrants(db.name);
  await databases.applyGrants(db.name);
  expect(await databases.defects(db.name, await databases.settings(db.name))).toEqual([]);
  expect(await db.query("superuser", "SELECT reltuples::int AS n FROM pg_class WHERE relname = 'orders'")).toEqual([{ n: 3 }]);
});

test("identity, size, head of the schema and version are asked of the server", async () => {
  const found = (await databases.find(db.name))!;
  expect(await databases.findByOid(found.oid)).toEqual(found);
  expect(await databases.find("nowhere")).toBeNull();
  expect(await databases.findByOid(4_000_000_000)).toBeNull();
  expect(await databases.bytes(db.name)).toBeGreaterThan(1_000_000);
  await expect(databases.bytes("nowhere")).rejects.toMatchObject({ code: "database-missing" });
  expect(await databases.schemaHead(db.name)).toBe("");
  expect((await databases.serverVersion()).major).toBeGreaterThanOrEqual(13);
});
