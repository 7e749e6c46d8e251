import { once } from "node:events";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { baseEnv } from "../platform/env.ts";
import { remove } from "../platform/files.ts";
import { run, spawnAttached } from "../platform/process.ts";
import type { MigrateOptions } from "./migrate.ts";
import { migrate } from "./migrate.ts";
import { readMigrations } from "./migrations.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { createTestDatabase } from "./testing/test-database.ts";

const FIRST =
  "-- compat: additive\nCREATE TABLE farms (id int PRIMARY KEY, name text NOT NULL);\nINSERT INTO farms VALUES (1, 'a;b');";

let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-migrations-"));
  db = await createTestDatabase({ sql: "" });
});

afterEach(async () => {
  await db.close();
  await remove(folder);
});

async function put(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, "migration.sql"), sql);
}

function apply(options: Partial<MigrateOptions> = {}) {
  const target = { login: db.logins.owner, database: db.name, folder };
  return migrate(target, { applicationName: "filaops-test-migrate", clock: systemClock, ...options });
}

async function names(): Promise<unknown[]> {
  return (await db.query("owner", "SELECT migration_name FROM _prisma_migrations ORDER BY 1")).map(
    (row) => row["migration_name"],
  );
}

test("what is pending is applied in order, told, and written down as Prisma would", async () => {
  await put("20260101000000_first", FIRST);
  await put("20260102000000_second", "-- compat: additive\nDO $$ BEGIN UPDATE farms SET name = 'c'; END $$;");
  const told: unknown[] = [];
  expect(await apply({ onMigration: (line) => told.push(line) })).toEqual({
    applied: ["20260101000000_first", "20260102000000_second"],
  });
  expect(told).toEqual([
    { migration: "20260101000000_first", index: 1, of: 2 },
    { migration: "20260102000000_second", index: 2, of: 2 },
  ]);
  expect(await apply()).toEqual({ applied: [] });
  const [row] = await db.query("owner", "SELECT * FROM _prisma_migrations ORDER BY migration_name");
  const [first] = await readMigrations(folder);
  expect(row).toMatchObject({ checksum: first!.checksum, applied_steps_count: 1, rolled_back_at: null, logs: null });
  expect(row!["finished_at"]).toBeInstanceOf(Date);
  expect(await db.query("owner", "SELECT name FROM farms")).toEqual([{ name: "c" }]);
});

test("a migration that fails at its second of three statements leaves nothing, and may be tried again", async () => {
  await put("20260101000000_first", FIRST);
  await put(
    "20260102000000_second",
    "-- compat: additive\nCREATE TABLE half (n int);\nSELECT 1 / 0;\nCREATE TABLE whole (n int);",
  );
  await expect(apply()).rejects.toMatchObject({
    code: "migration-failed",
    problem: { happened: expect.stringContaining("division by zero") as string },
  });
  expect(await names()).toEqual(["20260101000000_first"]);
  expect(await db.query("owner", "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
  await put("20260102000000_second", "-- compat: additive\nCREATE TABLE half (n int);");
  expect(await apply()).toEqual({ applied: ["20260102000000_second"] });
});

test("a lock that another transaction holds is waited for briefly, then its holder is named", async () => {
  await put("20260101000000_first", FIRST);
  await apply();
  const other = await db.connect("app");
  await other.query("BEGIN; SELECT * FROM farms");
  await put("20260102000000_second", "-- compat: breaking\nALTER TABLE farms ADD COLUMN city text;");
  const begun = performance.now();
  await expect(apply({ lockTimeoutMs: 400, attempts: 2 })).rejects.toMatchObject({
    code: "migration-blocked",
    problem: {
      happened: expect.stringMatching(new RegExp(`session \\d+ of ${db.roles.app} \\(filaops-test-app\\), open for`)) as string,
    },
  });
  expect(performance.now() - begun).toBeLessThan(4000);
  await other.query("COMMIT");
  expect(await apply()).toEqual({ applied: ["20260102000000_second"] });
});

test("a lock that goes away in time is waited for", async () => {
  await put("20260101000000_first", FIRST);
  await apply();
  const other = await db.connect("app");
  await other.query("BEGIN; SELECT * FROM farms");
  await put("20260102000000_second", "-- compat: breaking\nALTER TABLE farms ADD COLUMN city text;");
  const applied = apply({ lockTimeoutMs: 300, attempts: 20 });
  await systemClock.sleep(700);
  await other.query("COMMIT");
  expect(await applied).toEqual({ applied: ["20260102000000_second"] });
});

test("a migration past its deadline is cancelled and leaves nothing", async () => {
  await put("20260101000000_first", `${FIRST}\nSELECT pg_sleep(60);`);
  await expect(apply({ deadlineMs: 500 })).rejects.toMatchObject({ code: "took-too-long" });
  expect(await names()).toEqual([]);
});

test("a history that is not part of this build's is refused before anything is applied", async () => {
  await put("20260101000000_first", FIRST);
  await apply();
  await put("20260102000000_second", "-- compat: additive\nSELECT 1;");
  await put("20260101000000_first", `${FIRST}\n-- edited`);
  await expect(apply()).rejects.toMatchObject({ code: "migration-changed" });
  await remove(join(folder, "20260101000000_first"));
  await expect(apply()).rejects.toMatchObject({ code: "migration-unknown" });
  await put("20260101000000_first", FIRST);
  await db.query("owner", "UPDATE _prisma_migrations SET finished_at = NULL");
  await expect(apply()).rejects.toMatchObject({ code: "migration-unfinished" });
  expect(await names()).toEqual(["20260101000000_first"]);
});

test("settings of one migration do not reach the next", async () => {
  await put("20260101000000_first", "-- compat: additive\nSET search_path = pg_catalog;");
  await put("20260102000000_second", FIRST);
  await apply();
  expect(await db.query("owner", "SELECT count(*)::int AS n FROM public.farms")).toEqual([{ n: 1 }]);
});

test("a faulty file is refused before any file is applied", async () => {
  await put("20260101000000_first", FIRST);
  await put("20260102000000_second", "-- compat: additive\nSELECT 1; COMMIT; SELECT 2;");
  await expect(apply()).rejects.toMatchObject({ code: "migration-refused" });
  expect(await db.query("owner", "SELECT to_regclass('farms') AS farms")).toEqual([{ farms: null }]);
});

test("a second migration of the same database does not wait for ever", async () => {
  await put("20260101000000_first", FIRST);
  const lock = await db.connect("superuser");
  await lock.query("SELECT pg_advisory_lock(72707369)");
  await expect(apply()).rejects.toMatchObject({ code: "database-busy" });
});

const SCRIPT = join(import.meta.dirname, "../../scripts/migrate.ts");

test("the script applies the repo's migrations, prints a line for each, and nothing of them a second time", async () => {
  const env = { FILAOPS_OWNER_DATABASE_URL: db.url("owner"), FILAOPS_APPLICATION_NAME: "filaops-run-test" };
  const repo = await readMigrations(join(import.meta.dirname, "../../prisma/migrations"));
  const { stdout } = await run("node", [SCRIPT], { env });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { migration: string });
  expect(lines.map((line) => line.migration)).toEqual(repo.map(({ name }) => name));
  expect((await run("node", [SCRIPT], { env })).stdout).toBe("");
});

test("the script says what is wrong as a problem, without the password", async () => {
  const url = db.url("owner").replace(db.logins.owner.password, "wr0ng-secret");
  const failed = run("node", [SCRIPT], { env: { FILAOPS_OWNER_DATABASE_URL: url } });
  await expect(failed).rejects.toThrow(/"problem":.*password authentication failed/s);
  await expect(failed).rejects.not.toThrow(/wr0ng-secret/);
});

test("the script ends at once when its standard input ends", async () => {
  const lock = await db.connect("superuser");
  await lock.query("SELECT pg_advisory_lock(72707369)");
  const env = { ...baseEnv(), FILAOPS_OWNER_DATABASE_URL: db.url("owner") };
  const child = spawnAttached("node", [SCRIPT], { env, stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(child, "exit");
  const begun = performance.now();
  child.stdin!.end();
  expect(await ended).toEqual([1, null]);
  // Waiting for the lock would have taken five seconds.
  expect(performance.now() - begun).toBeLessThan(3000);
});
