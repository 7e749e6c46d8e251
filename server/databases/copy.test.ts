import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { baseEnv } from "../platform/env.ts";
import { newUlid } from "../platform/ids.ts";
import { spawnAttached } from "../platform/process.ts";
import type { Databases } from "./databases.ts";
import { createDatabases } from "./postgres.ts";
import { provision } from "./provision.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

const SQL =
  "CREATE TABLE notes (id serial PRIMARY KEY, price numeric(10,2)); INSERT INTO notes (price) SELECT n * 1.1 FROM generate_series(1, 1000) n";

let db: TestDatabase;
let databases: Databases;

beforeEach(async () => {
  db = await createTestDatabase({ sql: SQL });
  databases = db.databases();
});
afterEach(() => db.close());

const green = () => `${db.name}_${newUlid(systemClock).toLowerCase()}`;

async function copyLive(target = green()) {
  const source = (await databases.find(db.name))!;
  return databases.copy(source, target, await databases.settings(db.name));
}

async function allows(name: string): Promise<unknown> {
  return (await db.query("superuser", `SELECT datallowconn FROM pg_database WHERE datname = '${name}'`, "postgres"))[0]?.[
    "datallowconn"
  ];
}

test("a copy has the data, and what a template copy leaves behind: settings of database and role, limit, comment, grants", async () => {
  await db.query(
    "superuser",
    `
    ALTER DATABASE ${db.name} SET search_path = "$user", public, 'odd schema';
    ALTER DATABASE ${db.name} SET statement_timeout = '70s';
    ALTER DATABASE ${db.name} SET application_name = 'it''s, "quoted"';
    ALTER ROLE ${db.roles.app} IN DATABASE ${db.name} SET work_mem = '8MB';
    ALTER DATABASE ${db.name} CONNECTION LIMIT 42;
    COMMENT ON DATABASE ${db.name} IS 'the farm''s';
    GRANT TEMPORARY ON DATABASE ${db.name} TO ${db.roles.app} WITH GRANT OPTION`,
  );
  const wanted = await databases.settings(db.name);
  const made = await copyLive();
  const actual = await databases.settings(made.name);
  expect({ ...actual, grants: actual.grants.toSorted() }).toEqual({ ...wanted, grants: wanted.grants.toSorted() });
  expect(wanted.settings).toHaveLength(2);
  expect(await databases.books(made.name)).toEqual(await databases.books(db.name));
  expect(await databases.dataHash(made.name)).toBe(await databases.dataHash(db.name));
  expect(await db.query("app", "SHOW work_mem", made.name)).toEqual([{ work_mem: "8MB" }]);
  expect(await databases.findByOid(made.oid)).toEqual(made);
  expect(await databases.defects(made.name, wanted)).toEqual([]);
});

test("sessions of the app are ended, and both databases take connections afterwards", async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => db.connect("app")));
  const made = await copyLive();
  await Promise.all(sessions.map((session) => expect(session.query("SELECT 1")).rejects.toThrow()));
  expect([await allows(db.name), await allows(made.name)]).toEqual([true, true]);
});

test("a superuser's session is named with pid and program, nobody is ended, and connections stay allowed", async () => {
  const [stranger, app] = [await db.connect("superuser"), await db.connect("app")];
  const pid = (await stranger.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!.pid;
  await expect(copyLive()).rejects.toMatchObject({
    code: "database-busy",
    problem: { happened: expect.stringContaining(`session ${pid} of postgres (filaops-test-superuser)`) as string },
  });
  expect((await app.query("SELECT 1")).rowCount).toBe(1);
  expect(await allows(db.name)).toBe(true);
});

test("a name that is taken, too long, or a source that is another one now is refused, and the source stays open", async () => {
  const made = await copyLive();
  await expect(copyLive(made.name)).rejects.toMatchObject({ code: "database-name-taken" });
  await expect(copyLive(`x${"y".repeat(63)}`)).rejects.toMatchObject({ code: "database-refused" });
  const settings = await databases.settings(db.name);
  await expect(databases.copy({ name: db.name, oid: made.oid }, green(), settings)).rejects.toMatchObject({
    code: "database-moved",
  });
  expect(await allows(db.name)).toBe(true);
});

test("what the server refuses is told in its words, and the source stays open", async () => {
  await db.query("superuser", `ALTER ROLE ${db.roles.owner} NOCREATEDB`);
  await expect(copyLive()).rejects.toMatchObject({
    code: "database-refused",
    problem: { happened: expect.stringContaining("permission denied") as string },
  });
  expect(await allows(db.name)).toBe(true);
});

describe("dropping goes by oid", () => {
  test("a copy is dropped with its sessions; that it is gone is fine", async () => {
    const made = await copyLive();
    await db.connect("app", made.name);
    await databases.drop(made.oid);
    await databases.drop(made.oid);
    expect(await databases.findByOid(made.oid)).toBeNull();
  });

  // A crash in the middle of a drop: each further try wanted to alter it first, which the server refuses, and a run could not be taken back.
  test("one whose drop was broken off is dropped", async () => {
    const { oid } = await copyLive();
    await db.query("superuser", `UPDATE pg_database SET datconnlimit = -2 WHERE oid = ${oid}`);
    await databases.drop(oid);
    expect(await databases.findByOid(oid)).toBeNull();
  });

  test("the live one is never dropped", async () => {
    const live = (await databases.find(db.name))!;
    await expect(databases.drop(live.oid)).rejects.toMatchObject({ code: "database-protected" });
  });

  test("one that cannot be dropped is open again afterwards", async () => {
    const made = await copyLive();
    await db.query("superuser", `BEGIN; CREATE TABLE odd (); PREPARE TRANSACTION '${made.name}'`, made.name);
    await expect(databases.drop(made.oid)).rejects.toMatchObject({ code: "database-busy" });
    expect(await allows(made.name)).toBe(true);
    await db.query("superuser", `ROLLBACK PREPARED '${made.name}'`, made.name);
  });
});

test("the work of a killed client is ended before anything is asked", async () => {
  // A killed client does not stop its server: the statement of this one goes on until its backend is ended.
  const lost = await db.connect("owner", "postgres");
  await lost.query("SET application_name = 'filaops-run-LOST'");
  const lingering = lost.query("SELECT pg_sleep(60)").catch(() => "ended");
  const ours = db.databases("filaops-run-LOST");
  expect(await ours.find(db.name)).not.toBeNull();
  await ours.endBackends("filaops-run-LOST");
  expect(await lingering).toBe("ended");
  expect(
    await db.query(
      "superuser",
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'filaops-run-LOST'",
      "postgres",
    ),
  ).toEqual([{ n: 0 }]);
  expect(await ours.find(db.name)).not.toBeNull();
});

// A copy that the watchdog had given up went on in the background, and whoever wanted to take it back waited behind it: its statement had not been
// ended, since it was our own connection's.
test("a copy of our own that is given up is ended in the middle, leaves no database, and nobody waits behind it", async () => {
  const run = `filaops-run-${newUlid(systemClock)}`;
  const [ours, target] = [db.databases(run), green()];
  await db.query("owner", "CREATE TABLE large AS SELECT n, repeat(md5(n::text), 30) AS text FROM generate_series(1, 150000) n");
  const looker = await db.connect("superuser", "postgres");
  const source = (await databases.find(db.name))!;
  const copying = ours.copy(source, target, await databases.settings(db.name)).catch((error: unknown) => error);
  const active = `SELECT FROM pg_stat_activity WHERE application_name = '${run}' AND query ~ '^CREATE DATABASE' AND state = 'active'`;
  await expect.poll(async () => (await looker.query(active)).rowCount, { interval: 2 }).toBe(1);
  await ours.endBackends(run);
  expect(await copying).toMatchObject({ code: "service-unreachable" });
  expect(await ours.find(target)).toBeNull();
  await ours.allowConnections(db.name);
  await db.query("owner", "DROP TABLE large");
});

test("a copy whose client is gone is ended in the middle and leaves no database", async () => {
  const run = `filaops-run-${newUlid(systemClock)}`;
  // Room enough for the copy to take longer than it takes to find it at work.
  await db.query("owner", "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 30) AS text FROM generate_series(1, 150000) n");
  const target = green();
  const looker = await db.connect("superuser", "postgres");
  const { host, port, user, password } = db.logins.owner;
  const psql = spawnAttached(
    join(inject("postgres").binaries, "psql"),
    ["--command", `CREATE DATABASE ${target} TEMPLATE ${db.name} STRATEGY file_copy`, "postgres"],
    {
      env: { ...baseEnv(), PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGAPPNAME: run },
      stdio: "ignore",
    },
  );
  const active = `SELECT FROM pg_stat_activity WHERE application_name = '${run}' AND state = 'active'`;
  await expect.poll(async () => (await looker.query(active)).rowCount, { interval: 2 }).toBe(1);
  psql.kill("SIGKILL");
  await once(psql, "exit");
  expect((await looker.query(active)).rowCount, "the server works on for a client that is gone").toBe(1);
  await db.databases(run).endBackends(run);
  expect(await databases.find(target)).toBeNull();
  expect((await copyLive(target)).name).toBe(target);
});

test("a server that is away is told as such, and asked again when it is back", async () => {
  const away = createDatabases({
    host: "127.0.0.1",
    port: 1,
    roles: db.roles,
    ownerPassword: "x",
    live: db.name,
    applicationName: "filaops-test",
    clock: systemClock,
  });
  await expect(away.find(db.name)).rejects.toMatchObject({ code: "service-unreachable" });
  await away.close();
  await db.query(
    "superuser",
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${db.roles.owner}'`,
    "postgres",
  );
  await databases.find(db.name).catch(() => null);
  expect(await databases.find(db.name)).not.toBeNull();
});

test("provisioning again changes nothing that is there, and leaves a closed fence closed", async () => {
  await databases.closeFence();
  const before = await databases.settings(db.name);
  const secrets = { ownerPassword: db.logins.owner.password, appPassword: db.logins.app.password };
  await provision(db.logins.superuser, { database: db.name, roles: db.roles, ...secrets });
  expect(await databases.fence()).toBe("closed");
  expect(await databases.settings(db.name)).toEqual(before);
  expect(await databases.blockers(db.name)).toEqual([]);
});
