import { chown, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remove } from "../platform/files.ts";
import { run } from "../platform/process.ts";
import type { Blocker } from "./contract.ts";
import type { Databases } from "./databases.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
let databases: Databases;

/** A role of somebody else: a report generator, an import job. */
let other: string;

beforeAll(async () => {
  db = await createTestDatabase({ sql: "CREATE TABLE notes (id int PRIMARY KEY, text text); CREATE TABLE sessions (id int)" });
  databases = db.databases();
  other = `${db.name}_reports`;
  await db.query("superuser", `CREATE ROLE ${other} LOGIN`);
});
afterAll(async () => {
  await db.query("superuser", `DROP ROLE ${other}`);
  await db.close();
});

/** Each cause is made, found with its name, mended by the very command that is offered, and gone. */
async function foundAndMended(kind: Blocker["kind"], cause: { make: string; in?: string; mendIn?: string }): Promise<Blocker> {
  await db.query("superuser", cause.make, cause.in ?? db.name);
  const found = (await databases.blockers(db.name)).filter((blocker) => blocker.kind === kind);
  expect(found).toHaveLength(1);
  expect(found[0]!.endable).toBe(false);
  for (const command of found[0]!.remedy!.split(";")) await db.query("superuser", command, cause.mendIn ?? db.name);
  expect(await databases.blockers(db.name)).toEqual([]);
  return found[0]!;
}

test("a sound database has none", async () => {
  expect(await databases.blockers(db.name)).toEqual([]);
});

test("the app's and our own sessions may be ended, a superuser's may not; each is named by pid, user and program", async () => {
  const [app, owner, superuser] = [await db.connect("app"), await db.connect("owner"), await db.connect("superuser")];
  const found = await databases.blockers(db.name);
  expect(found.map(({ kind, endable, subject }) => [kind, endable, subject.replace(/session \d+/, "session")])).toEqual(
    expect.arrayContaining([
      ["session", true, `session of ${db.roles.app} (filaops-test-app)`],
      ["session", true, `session of ${db.roles.owner} (filaops-test-owner)`],
      ["session", false, "session of postgres (filaops-test-superuser)"],
    ]),
  );
  await Promise.all([app.end(), owner.end(), superuser.end()]);
  await expect.poll(() => databases.blockers(db.name)).toEqual([]);
});

test("a prepared transaction", async () => {
  const make = `BEGIN; INSERT INTO notes VALUES (1); PREPARE TRANSACTION '${db.name} it''s'`;
  expect((await foundAndMended("prepared-transaction", { make })).subject).toContain(`${db.name} it's`);
});

test("a collation whose version is not the library's", async () => {
  const make = `UPDATE pg_database SET datcollversion = '0.1' WHERE datname = '${db.name}'`;
  await db.query("superuser", make);
  const found = (await databases.blockers(db.name)).filter(({ kind }) => kind === "collation");
  expect(found).toEqual([
    expect.objectContaining({ remedy: `REINDEX DATABASE ${db.name}; ALTER DATABASE ${db.name} REFRESH COLLATION VERSION` }),
  ]);
  // C.UTF-8 has no version to refresh to.
  await db.query("superuser", `UPDATE pg_database SET datcollversion = NULL WHERE datname = '${db.name}'`);
});

test("a subscription", async () => {
  const make = `CREATE SUBSCRIPTION ${db.name} CONNECTION 'dbname=nowhere' PUBLICATION none WITH (connect = false, slot_name = NONE)`;
  expect((await foundAndMended("subscription", { make })).subject).toContain(db.name);
});

test("another tablespace", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-tablespace-"));
  try {
    if (process.getuid?.() === 0) {
      const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
      await chown(folder, await id("-u"), await id("-g"));
    }
    await db.query("superuser", `CREATE TABLESPACE ${db.name}_elsewhere LOCATION '${folder}'`, "postgres");
    await db.query("superuser", `CREATE TABLE far (n int) TABLESPACE ${db.name}_elsewhere`);
    const found = (await databases.blockers(db.name)).filter(({ kind }) => kind === "tablespace");
    expect(found.map(({ subject }) => subject)).toEqual([`part of the database lies in the tablespace ${db.name}_elsewhere`]);
    await db.query("superuser", `DROP TABLE far; `);
    await db.query("superuser", `DROP TABLESPACE ${db.name}_elsewhere`, "postgres");
  } finally {
    await remove(folder);
  }
});

test.each([
  ["createdb", "may not make databases", () => `ALTER ROLE ${db.roles.owner} NOCREATEDB`],
  ["ownership", "belongs to postgres", () => `ALTER DATABASE ${db.name} OWNER TO postgres`],
  ["ownership", "log_statement", () => `ALTER DATABASE ${db.name} SET log_statement = 'none'`],
  ["ownership", "work_mem", () => `ALTER ROLE postgres IN DATABASE ${db.name} SET work_mem = '8MB'`],
  ["membership", "may not end the app's sessions", () => `REVOKE ${db.roles.app} FROM ${db.roles.owner}`],
  ["membership", "may not pause saving", () => `REVOKE ADMIN OPTION FOR ${db.roles.writer} FROM ${db.roles.owner}`],
  ["membership", "more rights", () => `ALTER ROLE ${db.roles.app} SUPERUSER`],
] as const)("%s: %s", async (kind, subject, make) => {
  expect((await foundAndMended(kind, { make: make(), mendIn: "postgres" })).subject).toContain(subject);
});

// The fence takes the right to write from the app's role. Another role that may write would have saved into the old database between the copy and
// the switch, and what it saved would have been gone with it; nobody looked.
describe("somebody else who may write what people entered", () => {
  test.each([
    ["a member of the writer's role", "has the rights of", () => `GRANT ${db.roles.writer} TO ${other}`],
    ["a member of the owner's role", "has the rights of", () => `GRANT ${db.roles.owner} TO ${other}`],
    ["a member of the role that may write everything", "pg_write_all_data", () => `GRANT pg_write_all_data TO ${other}`],
    ["a role with a right on a table", "may write into notes", () => `GRANT SELECT, INSERT ON notes TO ${other}`],
    ["a role that may empty a table", "may write into notes", () => `GRANT TRUNCATE ON notes TO ${other}`],
    ["a role with a right on a column", "may write into notes", () => `GRANT UPDATE (text) ON notes TO ${other}`],
    ["everybody", "every role of the server", () => "GRANT DELETE ON notes TO PUBLIC"],
    ["the app itself, past the fence", "may write into notes", () => `GRANT INSERT ON notes TO ${db.roles.app}`],
    ["the owner of a table", "notes belongs to", () => `ALTER TABLE notes OWNER TO ${other}`],
  ])("%s", async (_, subject, make) => {
    expect((await foundAndMended("writer", { make: make() })).subject).toContain(subject);
  });

  test("who only reads, or writes what nobody entered, is none", async () => {
    await db.query("superuser", `GRANT SELECT ON notes TO ${other}; GRANT INSERT, DELETE ON sessions TO ${other}`);
    expect(await databases.blockers(db.name)).toEqual([]);
    await db.query("superuser", `REVOKE ALL ON notes, sessions FROM ${other}`);
  });

  test("each is named once, with all the tables", async () => {
    await db.query("owner", "CREATE TABLE orders (id int)");
    await db.query("superuser", `GRANT INSERT, UPDATE, DELETE ON notes, orders TO ${other}`);
    expect(await databases.blockers(db.name)).toEqual([
      {
        kind: "writer",
        subject: `${other} may write into notes, orders, past FilaOps`,
        remedy: `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON public."notes", public."orders" FROM ${other}`,
        endable: false,
      },
    ]);
    await db.query("superuser", "DROP TABLE orders");
    await db.query("superuser", `REVOKE ALL ON notes FROM ${other}`);
  });
});
