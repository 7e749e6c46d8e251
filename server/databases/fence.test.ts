import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Databases } from "./databases.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

const SQL =
  "CREATE TABLE notes (id serial PRIMARY KEY, text text); CREATE TABLE system_updates (id int); INSERT INTO notes (text) VALUES ('first')";
const REFUSED = { code: "42501" };

let db: TestDatabase;
let databases: Databases;

beforeAll(async () => {
  db = await createTestDatabase({ sql: SQL });
  databases = db.databases();
});
afterEach(() => databases.openFence());
afterAll(() => db.close());

test("the fence is open after provisioning, closes and opens, as often as one likes", async () => {
  expect(await databases.fence()).toBe("open");
  await databases.closeFence();
  await databases.closeFence();
  expect(await databases.fence()).toBe("closed");
  await databases.openFence();
  await databases.openFence();
  expect(await databases.fence()).toBe("open");
});

test("a session that was open before the fence closed can read, and cannot write in any way", async () => {
  const app = await db.connect("app");
  await app.query("INSERT INTO notes (text) VALUES ('before')");
  await app.query({ name: "prepared", text: "INSERT INTO notes (text) VALUES ('prepared')" });
  await databases.closeFence();
  const before = await databases.dataHash(db.name);
  for (const write of [
    "INSERT INTO notes (text) VALUES ('x')",
    "UPDATE notes SET text = 'x'",
    "DELETE FROM notes",
    "TRUNCATE notes",
    "SELECT nextval('notes_id_seq')",
    "SET default_transaction_read_only = off; INSERT INTO notes (text) VALUES ('x')",
    "BEGIN READ WRITE; INSERT INTO notes (text) VALUES ('x'); COMMIT",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    `SET ROLE ${db.roles.writer}`,
    `SET ROLE ${db.roles.owner}`,
    "CREATE TABLE own (id int)",
  ]) {
    await expect(app.query(write), write).rejects.toMatchObject(REFUSED);
    await app.query("ROLLBACK");
  }
  await expect(app.query({ name: "prepared", text: "INSERT INTO notes (text) VALUES ('prepared')" })).rejects.toMatchObject(
    REFUSED,
  );
  expect((await app.query("SELECT FROM notes")).rowCount).toBeGreaterThan(0);
  expect(await databases.dataHash(db.name)).toBe(before);
  await databases.openFence();
  await app.query("INSERT INTO notes (text) VALUES ('after')");
});

test("a transaction that only read before cannot write after, and one that wrote is waited for", async () => {
  const [reader, writer] = [await db.connect("app"), await db.connect("app")];
  await reader.query("BEGIN; SELECT * FROM notes");
  await writer.query("BEGIN; INSERT INTO notes (text) VALUES ('in flight')");
  const closing = databases.closeFence();
  const closed = await Promise.race([closing.then(() => true), new Promise((resolve) => setTimeout(resolve, 400, false))]);
  expect(closed).toBe(false);
  await expect(reader.query("INSERT INTO notes (text) VALUES ('late')")).rejects.toMatchObject(REFUSED);
  await writer.query("COMMIT");
  await closing;
  expect(await db.query("app", "SELECT text FROM notes WHERE text IN ('in flight', 'late')")).toEqual([{ text: "in flight" }]);
});

test("a transaction that wrote and never ends is ended, and nothing of it stays", async () => {
  const writer = await db.connect("app");
  await writer.query("BEGIN; INSERT INTO notes (text) VALUES ('forgotten')");
  await databases.closeFence();
  await expect(writer.query("COMMIT")).rejects.toThrow();
  expect(await db.query("app", "SELECT FROM notes WHERE text = 'forgotten'")).toEqual([]);
});

test("the owner's own tables are never the app's to write, and later tables are from their first moment", async () => {
  await expect(db.query("app", "INSERT INTO system_updates VALUES (1)")).rejects.toMatchObject(REFUSED);
  await db.query("owner", "CREATE TABLE later (id serial PRIMARY KEY, text text)");
  await db.query("app", "INSERT INTO later (text) VALUES ('x')");
  await databases.closeFence();
  await expect(db.query("app", "INSERT INTO later (text) VALUES ('x')")).rejects.toMatchObject(REFUSED);
});

describe("an app that is more than it should be", () => {
  test("closing the fence says so instead of claiming that nothing is written", async () => {
    await db.query("superuser", `ALTER ROLE ${db.roles.app} SUPERUSER`);
    try {
      await expect(databases.closeFence()).rejects.toMatchObject({ code: "fence-not-closed" });
      expect(await databases.blockers(db.name)).toContainEqual(expect.objectContaining({ kind: "membership" }));
    } finally {
      await db.query("superuser", `ALTER ROLE ${db.roles.app} NOSUPERUSER`);
    }
  });
});
