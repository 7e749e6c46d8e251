import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { homePaths } from "../platform/home.ts";
import { lookAtDatabaseDisk } from "./database-disk.ts";
import { testConfig } from "./testing/plans.ts";

let home: string;
let db: TestDatabase;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-database-disk-"));
  db = await createTestDatabase({ sql: "" });
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

const look = (host: string, dataDirectory: () => Promise<string | null>) =>
  lookAtDatabaseDisk(
    { paths: homePaths(home), config: { ...testConfig, postgres: { ...testConfig.postgres, host } } },
    { dataDirectory },
  );

// Only the home's disk was looked at. A PostgreSQL with a disk of its own met its end in the middle of the copy, after saving had been paused.
test("a server on this computer says where its data is, and that disk is looked at", async () => {
  const { dataDirectory } = db.databases();
  const found = await look("127.0.0.1", dataDirectory);
  expect(found?.path).toBe(await dataDirectory());
  expect(found?.freeBytes).toBeGreaterThan(0);
  expect(await look("127.0.0.1", () => Promise.resolve("/proc"))).toMatchObject({ sameAsHome: false });
});

test("what is another computer's, or not said, or not there, is not guessed", async () => {
  expect(await look("db.example", () => Promise.resolve("/"))).toBeNull();
  expect(await look("127.0.0.1", () => Promise.resolve(null))).toBeNull();
  expect(await look("127.0.0.1", () => Promise.resolve("/nonexistent/15/main"))).toBeNull();
});

test("an owner who may not know it gets no answer, and no error", async () => {
  await db.query("superuser", `REVOKE pg_read_all_settings FROM ${db.roles.owner}`);
  expect(await db.databases().dataDirectory()).toBeNull();
});

test("a PostgreSQL of the home's own lies in the home, wherever its address is", async () => {
  await mkdir(homePaths(home).cluster);
  const found = await look("127.0.0.1", () => Promise.reject(new Error("nobody has to ask")));
  expect(found).toMatchObject({ path: homePaths(home).cluster, sameAsHome: true });
});
