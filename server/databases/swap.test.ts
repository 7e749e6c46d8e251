import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { newUlid } from "../platform/ids.ts";
import type { DatabaseIdentity } from "./contract.ts";
import type { Databases } from "./databases.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

const SQL = "CREATE TABLE notes (id serial PRIMARY KEY, text text); INSERT INTO notes (text) VALUES ('one'), ('two'), ('three')";
const RUN = "01KATEST000000000000000000";

let db: TestDatabase;
let databases: Databases;
let blue: DatabaseIdentity;
let green: DatabaseIdentity;
let kept: string;

beforeEach(async () => {
  db = await createTestDatabase({ sql: SQL });
  databases = db.databases();
  blue = (await databases.find(db.name))!;
  kept = anotherName();
  green = await databases.copy(blue, anotherName(), await databases.settings(db.name));
});
afterEach(() => db.close());

const anotherName = () => `${db.name}_${newUlid(systemClock).toLowerCase()}`;
const there = () => databases.swap({ incoming: green.oid, outgoing: blue.oid, keptName: kept, run: RUN });
const back = () => databases.swap({ incoming: blue.oid, outgoing: green.oid, keptName: green.name, run: RUN });

test("both names change at once, with 20 open sessions, and both databases say what happened", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => db.connect("app", n % 2 === 0 ? db.name : green.name)));
  const begun = performance.now();
  await there();
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(await databases.find(db.name)).toEqual({ name: db.name, oid: green.oid });
  expect(await databases.findByOid(blue.oid)).toEqual({ name: kept, oid: blue.oid });
  expect((await databases.settings(db.name)).comment).toMatch(new RegExp(`run ${RUN}, live since transaction \\d+`));
  expect((await databases.settings(kept)).comment).toMatch(/kept/);
  expect(await db.query("app", "SELECT count(*)::int AS n FROM notes")).toEqual([{ n: 3 }]);
  expect(await db.query("app", "SELECT count(*)::int AS n FROM notes", kept)).toEqual([{ n: 3 }]);
});

test("done again it does nothing, and back again it is as before", async () => {
  await there();
  await there();
  expect((await databases.find(db.name))?.oid).toBe(green.oid);
  await back();
  await back();
  expect(await databases.find(db.name)).toEqual(blue);
  expect(await databases.find(green.name)).toEqual(green);
});

test("a superuser's session in either is named, neither is renamed, and both stay open", async () => {
  for (const name of [db.name, green.name]) {
    const stranger = await db.connect("superuser", name);
    await expect(there()).rejects.toMatchObject({ code: "database-busy" });
    await stranger.end();
    expect(await databases.find(db.name)).toEqual(blue);
    expect(await db.query("app", "SELECT 1 AS n", db.name)).toEqual([{ n: 1 }]);
    expect(await db.query("app", "SELECT 1 AS n", green.name)).toEqual([{ n: 1 }]);
  }
  await there();
});

test("a kept name that somebody else bears takes the first rename back with the second", async () => {
  await db.query("owner", `CREATE DATABASE ${kept} TEMPLATE template0`, "postgres");
  await expect(there()).rejects.toMatchObject({ code: "database-refused" });
  expect([await databases.find(db.name), await databases.find(green.name)]).toEqual([blue, green]);
});

test("names that are not as the caller believes are left alone", async () => {
  const third = await databases.copy(blue, anotherName(), await databases.settings(db.name));
  await expect(databases.swap({ incoming: green.oid, outgoing: third.oid, keptName: kept, run: RUN })).rejects.toMatchObject({
    code: "database-moved",
  });
  await expect(databases.swap({ incoming: 4_000_000_000, outgoing: blue.oid, keptName: kept, run: RUN })).rejects.toMatchObject({
    code: "database-missing",
  });
  expect(await databases.find(db.name)).toEqual(blue);
});

test("a kept database is still not droppable as the live one, and the dropped one is the one that was meant", async () => {
  await there();
  await expect(databases.drop(green.oid)).rejects.toMatchObject({ code: "database-protected" });
  await databases.drop(blue.oid);
  expect(await databases.find(kept)).toBeNull();
  expect((await databases.find(db.name))?.oid).toBe(green.oid);
});

test("the fence stands through the rename, for both", async () => {
  await databases.closeFence();
  await there();
  for (const name of [db.name, kept]) {
    await expect(db.query("app", "INSERT INTO notes (text) VALUES ('x')", name)).rejects.toMatchObject({ code: "42501" });
  }
  await databases.openFence();
  await db.query("app", "INSERT INTO notes (text) VALUES ('x')");
});

test("what was entered since is counted; what the migration wrote is not", async () => {
  await db.query(
    "owner",
    "ALTER TABLE notes ADD COLUMN city text DEFAULT 'Graz'; INSERT INTO notes (text) VALUES ('migrated'); CREATE TABLE farms (id int PRIMARY KEY); INSERT INTO farms VALUES (1)",
    green.name,
  );
  await there();
  expect(await databases.changesSince(kept, db.name)).toEqual({
    tables: [
      { table: "farms", added: 0, changed: 0, removed: 0 },
      { table: "notes", added: 0, changed: 0, removed: 0 },
    ],
  });
  await databases.applyGrants(db.name);
  await db.query(
    "app",
    "INSERT INTO notes (text) VALUES ('new'), ('newer'); UPDATE notes SET text = 'TWO' WHERE text = 'two'; DELETE FROM notes WHERE text = 'three'; UPDATE notes SET text = text; INSERT INTO farms VALUES (2)",
  );
  const { tables } = await databases.changesSince(kept, db.name);
  expect(tables).toEqual([
    { table: "farms", added: 1, changed: 0, removed: 0 },
    // The migration's own row was written again by people just now, so it is among the added.
    { table: "notes", added: 3, changed: 1, removed: 1 },
  ]);
});

// An undo said "1 user changed" as soon as anybody had signed in: when somebody was last seen was compared like what people enter.
test("that somebody looked in is not counted as entered", async () => {
  const users =
    "CREATE TABLE users (id int PRIMARY KEY, name text, last_seen_at timestamptz); INSERT INTO users VALUES (1, 'Ada'), (2, 'Eve')";
  for (const name of [db.name, green.name]) await db.query("owner", users, name);
  await there();
  await db.query("owner", "UPDATE users SET last_seen_at = now(); UPDATE users SET name = 'Eva' WHERE id = 2");
  const { tables } = await databases.changesSince(kept, db.name);
  expect(tables).toContainEqual({ table: "users", added: 0, changed: 1, removed: 0 });
});

test("sequences go up to the higher of both, never down", async () => {
  await there();
  await db.query("app", "INSERT INTO notes (text) SELECT 'x' FROM generate_series(1, 10)");
  await databases.raiseSequences(kept, db.name);
  expect(await db.query("app", "INSERT INTO notes (text) VALUES ('y') RETURNING id", kept)).toEqual([{ id: 14 }]);
  await databases.raiseSequences(kept, db.name);
  expect(await db.query("app", "INSERT INTO notes (text) VALUES ('y') RETURNING id", kept)).toEqual([{ id: 15 }]);
});

test("a live name of 36 bytes and a run's ULID make a name that is not cut; versions play no part in it", async () => {
  await db.close();
  db = await createTestDatabase({ sql: SQL, name: "n".repeat(36 - "t12345678_".length) });
  databases = db.databases();
  expect(db.name).toHaveLength(36);
  const live = (await databases.find(db.name))!;
  for (let round = 0; round < 2; round += 1) {
    const name = anotherName();
    expect(name).toHaveLength(63);
    const copy = await databases.copy(live, name, await databases.settings(db.name));
    expect(copy.name).toBe(name);
    await databases.swap({ incoming: copy.oid, outgoing: live.oid, keptName: anotherName(), run: RUN });
    await databases.swap({ incoming: live.oid, outgoing: copy.oid, keptName: name, run: RUN });
  }
  expect(await databases.find(db.name)).toEqual(live);
});
