import { once } from "node:events";
import { chmod, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { systemClock } from "./clock.ts";
import { remove } from "./files.ts";
import type { PostgresServer } from "./postgres-server.ts";
import { createPostgresServer, findPostgresBinaries } from "./postgres-server.ts";

let folder: string;
let server: PostgresServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-pg-"));
  await chmod(folder, 0o755);
  const { folder: binaries } = await findPostgresBinaries();
  server = createPostgresServer({ binaries, data: join(folder, "data"), port: await freePort(), clock: systemClock });
});

afterAll(async () => {
  await server.stop("immediate");
  await remove(folder);
});

async function ask(sql: string, password = "s3cret"): Promise<unknown> {
  const client = new Client({ host: server.host, port: server.port, user: server.superuser, password, database: "postgres" });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0]!)[0];
  } finally {
    await client.end();
  }
}

test("a cluster is made once, takes connections by password only, and keeps fsync on", async () => {
  expect(await server.status()).toBeNull();
  expect(await server.init("s3cret")).toBe(true);
  expect(await server.init("other")).toBe(false);
  await server.start();
  await server.start();
  expect(await ask("show fsync")).toBe("on");
  expect(await ask("show listen_addresses")).toBe("127.0.0.1");
  expect(await ask("select datcollversion is null from pg_database where datname = 'template1'")).toBe(true);
  await expect(ask("select 1", "wrong")).rejects.toThrow(/password authentication failed/);
});

test("the superuser's first password lies nowhere afterwards", async () => {
  await expect(readFile(join(folder, "data.initial"))).rejects.toThrow(/ENOENT/);
});

test("an immediate stop is a crash that the next start recovers from", async () => {
  await ask("create table kept (n int)").catch(() => undefined);
  await server.stop("immediate");
  expect(await server.status()).toBeNull();
  await server.start();
  expect(await ask("select count(*)::int from kept")).toBe(0);
  await server.stop();
  await server.stop();
});

test("a child in the foreground is followed by its end, and stop ends it", async () => {
  const child = await server.spawn({ stdio: "ignore" });
  const ended = once(child, "exit");
  await server.ready();
  expect(await server.status()).toEqual({ pid: child.pid });
  expect(await ask("select 1")).toBe(1);
  await server.stop();
  expect(await ended).toEqual([0, null]);
});

test("binaries that are not there are named, with how to get them", async () => {
  await expect(findPostgresBinaries(7)).rejects.toMatchObject({ code: "postgres-missing" });
  await expect(findPostgresBinaries(undefined, join(folder, "nowhere"))).rejects.toMatchObject({ code: "postgres-missing" });
});
