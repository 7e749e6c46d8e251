import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../server/databases/testing/test-database.ts";
import { createTestDatabase } from "../server/databases/testing/test-database.ts";
import { remove } from "../server/platform/files.ts";
import { isPassword } from "../server/auth/passwords.ts";
import { seedFarm } from "./seed.ts";

const until = new Date("2026-11-20T12:00:00Z");
const TABLES = ["customers", "items", "orders", "order_lines"] as const;

let first: TestDatabase;
let second: TestDatabase;
let files: string;

beforeAll(async () => {
  [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  files = await mkdtemp(join(tmpdir(), "filaops-seed-"));
  await seedFarm(first.url("owner"), { password: "correct horse battery", until, files });
  await seedFarm(second.url("owner"), { password: "another horse battery", until, files });
});

afterAll(() => Promise.all([first.close(), second.close(), remove(files)]));

test("fills a farm of the usual size, whose totals are those of its lines", async () => {
  const counts = await Promise.all(TABLES.map((table) => first.query("owner", `SELECT count(*)::int AS n FROM ${table}`)));
  const [customers, items, orders, lines] = counts.map(([row]) => row?.["n"]);
  expect([customers, items, orders]).toEqual([300, 150, 4000]);
  expect(lines).toBeGreaterThan(8000);
  const wrong = `SELECT o.number FROM orders o WHERE o.total <> (SELECT sum(line_total) FROM order_lines WHERE order_id = o.id)`;
  expect(await first.query("owner", wrong)).toEqual([]);
  const numbers = await first.query("owner", "SELECT min(number) AS first, max(number) AS last FROM orders");
  expect(numbers).toEqual([{ first: "O-00001", last: "O-04000" }]);
});

test("makes the same farm again, row by row", async () => {
  for (const table of TABLES.filter((name) => name !== "order_lines")) {
    const sql = `SELECT to_jsonb(t) - 'updated_at' - 'created_at' AS row FROM ${table} t ORDER BY id`;
    expect(await second.query("owner", sql)).toEqual(await first.query("owner", sql));
  }
});

test("has pictures and documents, whose content lies under their names, the same for both", async () => {
  const [row] = await first.query("owner", "SELECT array_agg(sha256 ORDER BY sha256) AS names FROM stored_files");
  expect((await readdir(files)).sort()).toEqual(row?.["names"]);
  const types = "SELECT content_type, count(*)::int AS n FROM stored_files GROUP BY 1 ORDER BY 1";
  expect(await first.query("owner", types)).toEqual([
    { content_type: "application/pdf", n: 12 },
    { content_type: "image/png", n: expect.any(Number) as number },
  ]);
});

test("lets its four users in with the given password", async () => {
  const users = await first.query("owner", "SELECT email, role, password_hash FROM users ORDER BY id");
  expect(users.map(({ email, role }) => [email, role])).toEqual([
    ["owner@farm.example", "owner"],
    ["admin@farm.example", "admin"],
    ["staff@farm.example", "staff"],
    ["viewer@farm.example", "viewer"],
  ]);
  for (const user of users) expect(await isPassword(String(user["password_hash"]), "correct horse battery")).toBe(true);
});

test("leaves a database alone that is not empty", async () => {
  await expect(seedFarm(first.url("owner"), { password: "correct horse battery" })).rejects.toThrow("not empty");
});
