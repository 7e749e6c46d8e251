import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { brokenConstraint, isNotReady, isWriteRefused } from "./db-errors.ts";
import type { AppDatabase } from "./db.ts";
import { createAppDatabase } from "./db.ts";

const schemaHead = readdirSync(new URL("../../prisma/migrations", import.meta.url))
  .filter((name) => /^\d{14}_/.test(name))
  .sort()
  .at(-1)!;

let farm: TestDatabase;
let database: AppDatabase;

beforeAll(async () => {
  farm = await createTestDatabase();
  database = open();
});

afterAll(async () => {
  await database.close();
  await farm.close();
});

function open(options: { url?: string; schemaHead?: string } = {}): AppDatabase {
  return createAppDatabase({ url: farm.url("app"), schemaHead, applicationName: "filaops-web-test", ...options });
}

const SLEEPING =
  "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.4)%' AND state = 'active' AND pid <> pg_backend_pid()";
const settings = (db: AppDatabase = database) => db.read.setting.findMany({ select: { key: true } });
const saveSetting = (key: string) => database.save((db) => db.setting.create({ data: { key, value: 1 }, select: { key: true } }));
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail("it did not fail"),
    (error: unknown) => error,
  );
const endSessions = () =>
  farm.query("superuser", `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${farm.roles.app}'`);

test("opens no connection before it is asked something, reads and saves, and says that it is ready", async () => {
  const lazy = open();
  const sessions = () => farm.query("superuser", `SELECT 1 FROM pg_stat_activity WHERE usename = '${farm.roles.app}'`);
  expect(await sessions()).toEqual([]);
  await lazy.close();
  await saveSetting("first");
  expect(await settings()).toEqual([{ key: "first" }]);
  expect(await database.readiness()).toEqual({ ready: true, schemaHead });
});

test("runs no statement on a database of another build, neither older nor newer", async () => {
  for (const other of ["", "20200101000000_older", "29990101000000_newer"]) {
    const foreign = open({ schemaHead: other });
    const error = await failure(settings(foreign));
    expect(isNotReady(error)).toBe(true);
    expect(isNotReady(await failure(foreign.save((db) => db.setting.deleteMany())))).toBe(true);
    expect(await foreign.readiness()).toEqual({ ready: false, schemaHead, reason: "schema-mismatch" });
    await foreign.close();
  }
  expect(await settings()).toHaveLength(1);
});

test("a read goes on after all sessions were ended", async () => {
  await Promise.all([settings(), settings(), settings()]);
  await endSessions();
  expect(await Promise.all([settings(), settings(), settings(), settings()])).toHaveLength(4);
});

test("a read that is under way when its session is ended is asked again", async () => {
  const slow = database.read.$queryRaw`SELECT 7 AS n, pg_sleep(0.4)::text`.then((rows) => rows);
  await expect.poll(() => farm.query("owner", SLEEPING)).not.toEqual([]);
  await endSessions();
  expect(await slow).toMatchObject([{ n: 7 }]);
});

test("a transaction whose session is ended saves nothing, is not begun again, and the next one works", async () => {
  let begun = 0;
  const cut = database.save(async (db) => {
    begun += 1;
    await db.setting.create({ data: { key: "cut", value: 1 } });
    await endSessions();
    await db.setting.create({ data: { key: "cut too", value: 1 } });
  });
  expect(isNotReady(await failure(cut))).toBe(true);
  expect(begun).toBe(1);
  await saveSetting("after");
  expect((await settings()).map(({ key }) => key).sort()).toEqual(["after", "first"]);
});

test("heals by itself when the database was renamed and comes back", async () => {
  const away = `${farm.name}_away`;
  await endSessions();
  await farm.query("owner", `ALTER DATABASE ${farm.name} RENAME TO ${away}`, "postgres");
  expect(isNotReady(await failure(settings()))).toBe(true);
  await expect.poll(() => database.readiness()).toEqual({ ready: false, schemaHead: null, reason: "database-unreachable" });
  await farm.query("owner", `ALTER DATABASE ${away} RENAME TO ${farm.name}`, "postgres");
  expect(await settings()).toHaveLength(2);
  await expect.poll(() => database.readiness()).toEqual({ ready: true, schemaHead });
});

test("is not ready while the database takes no connections", async () => {
  await farm.query("superuser", `ALTER DATABASE ${farm.name} ALLOW_CONNECTIONS false`, "postgres");
  await endSessionsFromOutside();
  expect(isNotReady(await failure(settings()))).toBe(true);
  await farm.query("superuser", `ALTER DATABASE ${farm.name} ALLOW_CONNECTIONS true`, "postgres");
  expect(await settings()).toHaveLength(2);
});

test("knows a write that the closed fence refused, and reads on", async () => {
  await farm.query("owner", `REVOKE ${farm.roles.writer} FROM ${farm.roles.app}`);
  const error = await failure(saveSetting("fenced"));
  expect(isWriteRefused(error)).toBe(true);
  expect(isNotReady(error)).toBe(false);
  expect(await settings()).toHaveLength(2);
  await farm.query("owner", `GRANT ${farm.roles.writer} TO ${farm.roles.app}`);
  await saveSetting("open again");
});

test("says soon that a server which is not there is not there", async () => {
  const nowhere = open({ url: "postgresql://nobody@127.0.0.1:1/none" });
  const startedAt = performance.now();
  expect(isNotReady(await failure(settings(nowhere)))).toBe(true);
  expect(await nowhere.readiness()).toMatchObject({ ready: false, reason: "database-unreachable" });
  expect(performance.now() - startedAt).toBeLessThan(3000);
  await nowhere.close();
});

test("names the constraint that a save ran against", async () => {
  const twice = await failure(saveSetting("first"));
  expect(brokenConstraint(twice)).toEqual({ kind: "unique", name: "settings_pkey" });
  const orphan = database.save((db) =>
    db.order.create({ data: { customerId: 99n, statusCode: "draft", placedAt: new Date(0), total: "1" } }),
  );
  expect(brokenConstraint(await failure(orphan))).toEqual({ kind: "foreign", name: "orders_customer_id_fkey" });
  expect(brokenConstraint(new Error("other"))).toBeNull();
});

/** From the maintenance database, since the live one takes no connections. */
function endSessionsFromOutside() {
  return farm.query(
    "superuser",
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${farm.roles.app}'`,
    "postgres",
  );
}
