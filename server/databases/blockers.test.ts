import { chown, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { remove } from "../platform/files.ts";
import { run } from "../platform/process.ts";
import type { Blocker } from "./contract.ts";
import type { Databases } from "./databases.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
let databases: Databases;

beforeAll(async () => {
  db = await createTestDatabase({ sql: "CREATE TABLE notes (id int PRIMARY KEY)" });
  databases = db.databases();
});
afterAll(() => db.close());

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
