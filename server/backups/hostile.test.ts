import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import type { Databases } from "../databases/databases.ts";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { exists, remove } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { createBackups } from "./backups.ts";
import type { Backups } from "../updates/world.ts";
import { MOST_OBJECTS } from "../databases/strange.ts";

/**
 * Dumps as somebody could have made them by hand: `pg_restore` runs the words in the table of contents as they stand there. Whatever they are, the
 * installation is afterwards what it was, whether the backup was refused or restored.
 */

const ROOM = 600;
/** Of the table of contents: a statement with room for others of its length. */
const HARMLESS = `COMMENT ON TABLE public.customers IS '${"x".repeat(ROOM)}';`;

let db: TestDatabase;
let databases: Databases;
let home: string;
let backups: Backups;
let honest: string;
let green: string;
let before: unknown;

beforeAll(async () => {
  db = await createTestDatabase();
  databases = db.databases();
  await db.query("superuser", HARMLESS);
  await db.query("owner", "INSERT INTO customers (name) VALUES ('somebody')");
  home = await mkdtemp(join(tmpdir(), "filaops-hostile-"));
  backups = backupsOf(db.name);
  ({ id: honest } = await backups.create(request(), {}));
  await databases.closeFence();
  before = await standing();
});
afterAll(async () => {
  await remove(home);
  await db.close();
});
beforeEach(async () => {
  green = `${db.name}_green`;
  await databases.create(green, await databases.settings(db.name));
});
afterEach(async () => {
  const made = await databases.find(green);
  if (made !== null) await databases.drop(made.oid);
});

function request() {
  return { id: newUlid(systemClock), kind: "manual" as const, run: null, version: "1.0.0", note: "" };
}

function backupsOf(database: string): Backups {
  const { binaries } = inject("postgres");
  const names = { database, instanceKey: "key", applicationName: "filaops-test-hostile" };
  return createBackups({ paths: homePaths(home), binaries, login: db.logins.owner, clock: systemClock, ...names });
}

/** All that a hostile dump must not touch: roles and who is in which, their settings, databases with theirs, the fence, and the live data. */
async function standing(): Promise<unknown> {
  // Other tests have databases and roles of theirs on this server.
  const ours = `'${db.name.slice(0, db.name.indexOf("_"))}\\_%'`;
  const ask = (sql: string) => db.query("superuser", sql);
  return {
    roles: await ask(
      `SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname LIKE ${ours} ORDER BY 1`,
    ),
    passwords: await ask(`SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE ${ours} ORDER BY 1`),
    members: await ask(
      `SELECT roleid::regrole::text, member::regrole::text, admin_option FROM pg_auth_members WHERE member::regrole::text LIKE ${ours} ORDER BY 1, 2`,
    ),
    settings:
      await ask(`SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting LEFT JOIN pg_database d ON d.oid = setdatabase
      WHERE datname LIKE ${ours} OR setrole::regrole::text LIKE ${ours} ORDER BY 1, 2`),
    databases: await ask(`SELECT datname, oid, datdba, datacl::text, datallowconn, datconnlimit FROM pg_database
      WHERE datname LIKE ${ours} AND datname <> '${db.name}_green' ORDER BY oid`),
    fence: await databases.fence(),
    data: await databases.dataHash(db.name),
  };
}

/** A copy of the honest backup in whose table of contents one statement is another one of the same length. */
async function patched(sql: string): Promise<string> {
  const id = newUlid(systemClock);
  const paths = homePaths(home);
  await cp(paths.backup(honest), paths.backup(id), { recursive: true });
  const path = join(paths.backup(id), "database", "toc.dat");
  const content = await readFile(path);
  const at = content.indexOf(HARMLESS);
  expect(at).toBeGreaterThan(0);
  expect(sql.length).toBeLessThanOrEqual(HARMLESS.length);
  content.write(sql.padEnd(HARMLESS.length), at, "latin1");
  await writeFile(path, content);
  return id;
}

function restored(id: string, foreign = true): Promise<void> {
  return databases.fill({ name: green, foreign }, (login) => backups.load({ id, database: green, login }));
}

test("one of FilaOps' own making is restored also when it comes from elsewhere", async () => {
  // Fails for who adds a migration with a function or a view: then `strange.ts` must let through what is ours, and no more.
  await restored(honest);
  await databases.applyGrants(green);
  expect(await databases.defects(green, await databases.settings(db.name))).toEqual([]);
  expect(await databases.dataHash(green)).toBe(await databases.dataHash(db.name));
  expect(await standing()).toEqual(before);
});

const touched = () => join(home, "touched");
const refused: Record<string, () => string> = {
  "drops the live database": () => `DROP DATABASE ${db.name} WITH (FORCE)`,
  "opens the fence": () => `GRANT ${db.roles.writer} TO ${db.roles.app}`,
  // The next of pg_restore's own connections is refused.
  "gives the loader another password": () => `ALTER ROLE ${db.roles.loader} PASSWORD 'known'`,
  "makes a role": () => `CREATE ROLE ${db.roles.owner}_2 SUPERUSER`,
  "runs a program": () => `COPY (SELECT 1) TO PROGRAM 'touch ${touched()}'`,
  "ends the owner's sessions": () =>
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${db.roles.owner}' AND pid <> pg_backend_pid()`,
};

test.each(Object.entries(refused))("one that %s is refused, and has done nothing", async (_what, sql) => {
  await expect(restored(await patched(sql()), false)).rejects.toMatchObject({
    problem: {
      code: "restore-failed",
      happened: expect.stringMatching(/permission denied|must be|must have|password authentication failed/) as string,
    },
  });
  expect(await standing()).toEqual(before);
  expect(await exists(touched())).toBe(false);
});

const passed: Record<string, () => string> = {
  "gives the loader settings": () => `ALTER ROLE ${db.roles.loader} SET search_path = nowhere`,
  "lets everybody in": () => `GRANT CONNECT ON DATABASE ${green} TO PUBLIC`,
  "prepares a transaction": () => `BEGIN; CREATE TABLE public.held (n int); PREPARE TRANSACTION '${db.name}'; COMMIT`,
};

test.each(Object.entries(passed))("one that %s has done nothing either", async (_what, sql) => {
  await restored(await patched(sql()));
  expect(await standing()).toEqual(before);
  expect(await databases.settings(green)).toEqual(await databases.settings(db.name));
  expect(await db.query("superuser", `SELECT gid FROM pg_prepared_xacts WHERE database = '${green}'`)).toEqual([]);
});

test("one that holds a function is refused when it comes from elsewhere", async () => {
  const sql = `CREATE FUNCTION public.grab() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`;
  await expect(restored(await patched(sql))).rejects.toMatchObject({ problem: { code: "restore-strange" } });
  expect(await standing()).toEqual(before);
});

test("one with more objects than anybody needs is refused before any of it is restored", async () => {
  const many = `${db.name}_many`;
  await databases.create(many, await databases.settings(db.name));
  const columns = "(SELECT string_agg(format('c%s int', c), ',') FROM generate_series(1, 1500) c)";
  const tables = `DO $$ BEGIN FOR n IN 1..14 LOOP EXECUTE format('CREATE TABLE wide_%s (%s)', n, ${columns}); END LOOP; END $$`;
  await db.query("owner", tables, many);
  // Each comment is an entry.
  const comments = `INSERT INTO pg_description SELECT attrelid, 'pg_class'::regclass, attnum, 'x' FROM pg_attribute
    WHERE attrelid::regclass::text LIKE 'wide%' AND attnum > 0`;
  await db.query("superuser", `SET allow_system_table_mods = on; ${comments}`, many);
  const { id } = await backupsOf(many).create(request(), {});
  await expect(restored(id, false)).rejects.toMatchObject({
    problem: { code: "restore-failed", happened: expect.stringContaining(`no more than ${MOST_OBJECTS}`) as string },
  });
  expect(await db.query("superuser", "SELECT FROM pg_tables WHERE schemaname = 'public'", green)).toEqual([]);
});
