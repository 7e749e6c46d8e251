import { chmod, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { remove } from "../platform/files.ts";
import type { PostgresServer } from "../platform/postgres-server.ts";
import { createPostgresServer, findPostgresBinaries } from "../platform/postgres-server.ts";
import { withConnection } from "./connect.ts";
import type { Databases } from "./databases.ts";
import { createDatabases } from "./postgres.ts";
import { provision } from "./provision.ts";
import { freePort } from "../platform/free-port.ts";
import { roomyFolder } from "./testing/roomy-folder.ts";

/** A cluster of these tests' own, which they crash, with a durability that somebody has switched off. */
const SETTINGS = { synchronous_commit: "off", wal_writer_delay: "10s", full_page_writes: "off", wal_level: "logical" };
const ROLES = { owner: "filaops_owner", app: "filaops_app", writer: "filaops_writer", loader: "filaops_loader" };
const RUN = "01KATEST000000000000000000";

let folder: string;
let server: PostgresServer;
let databases: Databases;

beforeAll(async () => {
  folder = await mkdtemp(join(await roomyFolder(), "filaops-crash-"));
  await chmod(folder, 0o755);
  const port = await freePort();
  const { folder: binaries } = await findPostgresBinaries();
  server = createPostgresServer({ binaries, data: join(folder, "data"), port, settings: SETTINGS, clock: systemClock });
  await server.init("super");
  const child = await server.spawn({ stdio: "ignore", dieWithParent: true });
  child.unref();
  await server.ready();
  const superuser = { host: server.host, port, user: "postgres", password: "super" };
  await provision(superuser, { database: "filaops", roles: ROLES, ownerPassword: "owner", appPassword: "app" });
  databases = createDatabases({
    host: server.host,
    port,
    roles: ROLES,
    ownerPassword: "owner",
    live: "filaops",
    applicationName: `filaops-run-${RUN}`,
    clock: systemClock,
  });
});

afterAll(async () => {
  await databases.close();
  await server.stop("immediate");
  await remove(folder);
});

async function crash(): Promise<void> {
  await server.stop("immediate");
  const child = await server.spawn({ stdio: "ignore", dieWithParent: true });
  child.unref();
  await server.ready();
}

/** The next call after a crash finds its connection gone and says so; the one after it connects anew. */
async function afterCrash<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch(ask);
}

test("durability that is switched off is a blocker with the command that mends it", async () => {
  expect(await databases.blockers("filaops")).toEqual([
    {
      kind: "fsync",
      subject: "full_page_writes is off: a crash can lose what was committed",
      remedy: "ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf()",
      endable: false,
    },
  ]);
});

test("a server without fsync is a blocker, and what mends it does", async () => {
  const superuser = { host: server.host, port: server.port, user: "postgres", password: "super" };
  const asSuperuser = (sql: string) =>
    withConnection(superuser, { database: "postgres", applicationName: "filaops-test" }, async (client) => {
      for (const statement of sql.split(";")) await client.query(statement);
    });
  const found = async () => (await databases.blockers("filaops")).find(({ subject }) => subject.startsWith("fsync"));
  await asSuperuser("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()");
  await expect.poll(found).toEqual({
    kind: "fsync",
    subject: "fsync is off: a crash can lose what was committed",
    remedy: "ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf()",
    endable: false,
  });
  await asSuperuser((await found())!.remedy!);
  await expect.poll(found).toBeUndefined();
});

test("a logical replication slot is a blocker, too", async () => {
  const superuser = { host: server.host, port: server.port, user: "postgres", password: "super" };
  await withConnection(superuser, { database: "filaops", applicationName: "filaops-test" }, async (client) => {
    await client.query("SELECT pg_create_logical_replication_slot('mirror', 'test_decoding')");
    const found = (await databases.blockers("filaops")).filter(({ kind }) => kind === "replication-slot");
    expect(found).toEqual([
      {
        kind: "replication-slot",
        subject: "replication slot mirror",
        remedy: "SELECT pg_drop_replication_slot('mirror')",
        endable: false,
      },
    ]);
    await client.query(found[0]!.remedy!);
  });
});

test("a switch is still there after a crash right behind it, and so is the closed fence", async () => {
  const blue = (await databases.find("filaops"))!;
  const green = await databases.copy(blue, "filaops_green", await databases.settings("filaops"));
  await databases.closeFence();
  await databases.swap({ incoming: green.oid, outgoing: blue.oid, keptName: "filaops_kept", run: RUN });
  await crash();
  expect((await afterCrash(() => databases.find("filaops")))?.oid).toBe(green.oid);
  expect((await databases.find("filaops_kept"))?.oid).toBe(blue.oid);
  expect(await databases.fence()).toBe("closed");
  await databases.openFence();
  await crash();
  expect(await afterCrash(() => databases.fence())).toBe("open");
});

test("a server that crashes in the middle of a copy leaves no database, and the source can be opened again", async () => {
  const owner = { host: server.host, port: server.port, user: ROLES.owner, password: "owner" };
  await withConnection(owner, { database: "filaops", applicationName: "filaops-test" }, async (client) => {
    await client.query("CREATE TABLE big AS SELECT n, repeat(md5(n::text), 30) AS text FROM generate_series(1, 200000) n");
  });
  const source = (await databases.find("filaops"))!;
  const settings = await databases.settings("filaops");
  const copying = databases.copy(source, "filaops_cut", settings).catch((error: unknown) => error);
  const superuser = { host: server.host, port: server.port, user: "postgres", password: "super" };
  await withConnection(superuser, { database: "postgres", applicationName: "filaops-test" }, async (client) => {
    const active = () => client.query("SELECT FROM pg_stat_activity WHERE query ~ '^CREATE DATABASE' AND state = 'active'");
    await expect.poll(async () => (await active()).rowCount, { interval: 2, timeout: 20_000 }).toBe(1);
  });
  await crash();
  expect(await copying).toMatchObject({ code: "service-unreachable" });
  await databases.endBackends(`filaops-run-${RUN}`);
  expect(await databases.find("filaops_cut")).toBeNull();
  await databases.allowConnections("filaops");
  expect(await databases.books("filaops")).toEqual({ tables: [{ table: "big", rows: 200_000, totals: {} }] });
});
