import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Backup } from "../backups/contract.ts";
import type { TestDatabase } from "../databases/testing/test-database.ts";
import { createTestDatabase } from "../databases/testing/test-database.ts";
import { systemClock } from "../platform/clock.ts";
import { configSchema } from "../platform/config.ts";
import type { HomePaths } from "../platform/home.ts";
import { homePaths } from "../platform/home.ts";
import { AppError } from "../platform/errors.ts";
import { createJournal, openJournal } from "../updates/journal.ts";
import type { Disk } from "./project.ts";
import { project } from "./project.ts";
import { planOf } from "./testing/fake-operations.ts";

const RUN = "01JD0000000000000000000RVN";
const BACKUP: Backup = {
  id: "01JD0000000000000000000BKP",
  kind: "pre_update",
  createdAt: "2026-11-23T12:00:05.000Z",
  run: RUN,
  version: "1.0.0",
  schemaHead: "001_first",
  bytes: 5_000_000_000,
  note: "before 1.1.0",
  lacking: [],
};

let home: string;
let paths: HomePaths;
let db: TestDatabase;
let backups: Backup[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "filaops-project-"));
  paths = homePaths(home);
  db = await createTestDatabase();
  backups = [BACKUP];
  const state = {
    v: 1,
    instanceId: RUN,
    sessionEpoch: 0,
    installedAt: "2026-11-01T00:00:00.000Z",
    installed: { version: "1.0.0", schemaHead: "001_first", slot: "blue", oid: 16_400 },
    highestCommitted: "1.0.0",
  };
  await mkdir(paths.shared);
  await writeFile(paths.state, JSON.stringify(state));
  return async () => {
    await db.close();
    await rm(home, { recursive: true });
  };
});

function disk(): Disk {
  const config = configSchema.parse({
    v: 1,
    publicUrl: "http://127.0.0.1",
    gate: { host: "127.0.0.1", port: 1 },
    postgres: { host: "127.0.0.1", port: 1, database: db.name, binaries: "/" },
    releases: {},
    driver: "native",
    slots: { blue: 2, green: 3 },
  });
  return { paths, config, clock: systemClock, backups: { list: () => Promise.resolve(backups) } };
}

/** A run that began, backed up, and then failed. */
async function failedRun(): Promise<void> {
  await mkdir(paths.update(RUN), { recursive: true });
  await writeFile(paths.updatePlan(RUN), JSON.stringify(planOf("update")));
  const actor = { kind: "user", id: "1", name: "Ann", role: "owner" } as const;
  await createJournal(paths.journal(RUN), {
    ...{ type: "planned", v: 1, run: RUN, plan: planOf("update").id, kind: "update", from: "1.0.0", to: "1.1.0", actor },
    idempotencyKey: "a-key-of-a-click",
    at: "2026-11-23T12:00:00.000Z",
  } as const);
}

async function finish(): Promise<void> {
  const journal = await openJournal(paths.journal(RUN), () => Promise.resolve());
  const problem = new AppError("disk-full", { path: "/", neededBytes: 2e9, freeBytes: 1e9 }).problem;
  await journal.append({ type: "started", step: "preflight", at: "2026-11-23T12:00:01.000Z" });
  await journal.append({ type: "failed", step: "preflight", problem, at: "2026-11-23T12:00:02.000Z" });
  await journal.append({ type: "finished", outcome: "failed", problem, at: "2026-11-23T12:00:03.000Z" });
  await journal.close();
}

const target = () => ({ login: db.logins.owner, database: db.name });
const updates = () =>
  db.query(
    "app",
    "SELECT run, from_version, to_version, status, outcome, error_message, initiated_by, steps FROM system_updates",
  );

test("runs and backups of the disk stand in the tables, which the app may read", async () => {
  await failedRun();
  await finish();
  await project(disk(), target());
  expect(await updates()).toEqual([
    {
      run: RUN,
      from_version: "1.0.0",
      to_version: "1.1.0",
      status: "failed",
      outcome: "failed",
      error_message: "There is not enough disk space: 2.0 GB needed, 1.0 GB free on /.",
      initiated_by: "Ann",
      steps: [{ name: "preflight", state: "failed", ms: null }],
    },
  ]);
  expect(await db.query("app", "SELECT filename, size_bytes, type, run, notes FROM system_backups")).toEqual([
    { filename: BACKUP.id, size_bytes: "5000000000", type: "pre_update", run: RUN, notes: "before 1.1.0" },
  ]);
});

test("a second time changes what changed, adds nothing twice, and removes what the disk does not know", async () => {
  await failedRun();
  await project(disk(), target());
  expect(await updates()).toMatchObject([{ run: RUN, outcome: null, status: "pending" }]);
  await db.query(
    "owner",
    `INSERT INTO system_updates (run, kind, from_version, to_version, started_at, status, initiated_by)
       VALUES ('01JD0000000000000000000GNE', 'update', '0.9.0', '1.0.0', now(), 'complete', 'a copy from elsewhere')`,
  );
  await finish();
  backups = [];
  await project(disk(), target());
  expect(await updates()).toMatchObject([{ run: RUN, outcome: "failed" }]);
  expect(await db.query("app", "SELECT 1 FROM system_backups")).toEqual([]);
});

test("columns that a newer schema added keep their values, and columns that an older one lacks are left out", async () => {
  await failedRun();
  await db.query("owner", "ALTER TABLE system_updates ADD COLUMN mood text NOT NULL DEFAULT 'calm', DROP COLUMN pause_ms");
  await project(disk(), target());
  await db.query("owner", "UPDATE system_updates SET mood = 'glad'");
  await finish();
  await project(disk(), target());
  expect(await db.query("app", "SELECT mood, outcome FROM system_updates")).toEqual([{ mood: "glad", outcome: "failed" }]);
});

test("leaves no half of it when the database refuses one row", async () => {
  await failedRun();
  await db.query("owner", "ALTER TABLE system_backups ADD CONSTRAINT small CHECK (size_bytes < 10)");
  await expect(project(disk(), target())).rejects.toThrow();
  expect(await updates()).toEqual([]);
});
