import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Blocker } from "../../databases/contract.ts";
import { AppError } from "../../platform/errors.ts";
import { makeFolder } from "../../platform/files.ts";
import { homePaths } from "../../platform/home.ts";
import type { Plan } from "../contract.ts";
import { planUpdate } from "../plan.ts";
import { startRun } from "../start.ts";
import { instance } from "../testing/memory-disk.ts";
import type { MemoryWorld } from "../testing/memory-world.ts";
import { createMemoryWorld } from "../testing/memory-world.ts";
import { testPlan, testRelease, testRestorePlan, testUndoPlan } from "../testing/plans.ts";
import { check } from "./index.ts";

/** Every check finds what it is for, with words that name it, and says nothing while all is well. */

const GB = 1e9;
const DOCKER = { project: "farm", folder: "/farm", socket: "/var/run/docker.sock" };
const big: Plan = { ...testPlan, database: { ...testPlan.database, bytes: 10 * GB } };
const blocker: Blocker = { kind: "session", subject: "session 7 of postgres (pgAdmin)", remedy: "SELECT 1", endable: false };

type Case = { check: string; level?: "warning"; code: string; words?: string; plan?: Plan; spoil: (memory: MemoryWorld) => void };

const cases: Record<string, Case> = {
  "a step of the way does not carry the data over": {
    check: "carries-over",
    code: "data-not-carried-over",
    words: "Version 2.0.0 does not carry over",
    plan: { ...testPlan, breaking: { reasons: ["major"], releases: [], notMigratable: ["2.0.0"] } },
    spoil: () => undefined,
  },
  "the live name belongs to another database": {
    check: "database",
    code: "plan-expired",
    spoil: ({ disk }) => void (disk.databases[0]!.oid = 99),
  },
  "somebody is in the way of the copy": {
    check: "database",
    code: "database-blocked",
    words: "another program is connected (session 7 of postgres (pgAdmin)); mend it with: SELECT 1",
    spoil: ({ world }) => void (world.databases.blockers = () => Promise.resolve([blocker])),
  },
  "somebody else may save in the pause": {
    check: "database",
    code: "database-blocked",
    words: "somebody beside FilaOps may save into it while saving is paused",
    spoil: ({ world }) => void (world.databases.blockers = () => Promise.resolve([{ ...blocker, kind: "writer" }])),
  },
  "PostgreSQL is away": {
    check: "database",
    code: "service-unreachable",
    words: "PostgreSQL does not answer",
    spoil: ({ world }) => void (world.databases.blockers = () => Promise.reject(away("PostgreSQL"))),
  },
  "another version runs than was planned from": {
    check: "app",
    code: "plan-expired",
    spoil: ({ disk }) => void (disk.slots.blue = instance("blue", "1.1.0", "filaops")),
  },
  "the app runs on another database": {
    check: "app",
    code: "plan-expired",
    spoil: ({ disk }) => void (disk.slots.blue = instance("blue", "1.0.0", "another")),
  },
  "the app is not well": {
    check: "app",
    code: "release-not-healthy",
    words: "Version 1.0.0",
    spoil: ({ disk }) => void (disk.databases[0]!.head = "2_more"),
  },
  "the app is not well, which a restore may mend": {
    check: "app",
    level: "warning",
    code: "release-not-healthy",
    plan: testRestorePlan,
    spoil: ({ disk }) => void (disk.databases[0]!.head = "2_more"),
  },
  "the home's disk is too full for a backup": {
    check: "disk",
    code: "disk-full",
    words: "10.2 GB needed, 10.0 GB free on /nowhere",
    plan: { ...big, kind: "backup", release: null },
    spoil: ({ world }) => void (world.freeBytes = () => Promise.resolve(10 * GB)),
  },
  "a trial of a backup may not make a database": {
    check: "database",
    code: "database-blocked",
    words: "may not create databases",
    plan: { ...testRestorePlan, kind: "drill" },
    spoil: ({ world }) =>
      void (world.databases.blockers = () =>
        Promise.resolve([blocker, { ...blocker, kind: "createdb", subject: "filaops_owner" }])),
  },
  "the role that backups are restored as is missing": {
    check: "loader",
    level: "warning",
    code: "loader-missing",
    words: "filaops_loader",
    plan: testRestorePlan,
    spoil: ({ world }) => void (world.databases.loaderRemedy = () => Promise.resolve("CREATE ROLE x")),
  },
  "the role that backups are restored as is missing, for one that was made elsewhere": {
    check: "loader",
    code: "loader-missing",
    plan: { ...testRestorePlan, kind: "drill" },
    spoil: ({ world }) => {
      world.databases.loaderRemedy = () => Promise.resolve("CREATE ROLE x");
      world.backups.isForeign = () => Promise.resolve(true);
    },
  },
  "something runs in the place of the new version": {
    check: "app",
    code: "slot-taken",
    words: "(green)",
    spoil: ({ disk }) => void (disk.slots.green = instance("green", "1.1.0", "filaops")),
  },
  "the gate routes elsewhere": {
    check: "gate",
    code: "service-unreachable",
    words: "it does not route to the version that runs",
    spoil: ({ disk }) => void (disk.gate = { ...disk.gate, target: { ...disk.gate.target!, slot: "green" } }),
  },
  "the gate does not answer": {
    check: "gate",
    code: "service-unreachable",
    words: "The gate does not answer",
    spoil: ({ world }) => void (world.gate.report = () => Promise.reject(away("The gate"))),
  },
  "pg_dump is of another major": {
    check: "pg_dump",
    code: "program-missing",
    words: "pg_dump 15 (found: 14)",
    spoil: ({ world }) => void (world.dumpMajor = () => Promise.resolve(14)),
  },
  "the home's disk is too full for dump, release and copy": {
    check: "disk",
    code: "disk-full",
    words: "22.2 GB needed, 20.0 GB free on /nowhere",
    plan: big,
    spoil: ({ world }) => void (world.freeBytes = () => Promise.resolve(20 * GB)),
  },
  "PostgreSQL's own disk is too full for the copy": {
    check: "disk",
    code: "disk-full",
    words: "12.0 GB needed, 11.0 GB free on /data",
    plan: big,
    spoil: ({ world }) =>
      void (world.databaseDisk = () => Promise.resolve({ path: "/data", freeBytes: 11 * GB, sameAsHome: false })),
  },
  "PostgreSQL's disk is another computer's": {
    check: "disk",
    level: "warning",
    code: "disk-unseen",
    words: "12.0 GB",
    plan: big,
    spoil: ({ world }) => void (world.databaseDisk = () => Promise.resolve(null)),
  },
  "the release is built here, and there is no room for that": {
    check: "disk",
    code: "disk-full",
    words: "15.0 GB needed, 14.9 GB free on /data",
    plan: big,
    spoil: ({ world }) => {
      world.config = { ...world.config, docker: { ...DOCKER, source: { repository: "https://git.example/farm.git" } } };
      world.databaseDisk = () => Promise.resolve({ path: "/data", freeBytes: 14.9 * GB, sameAsHome: false });
    },
  },
  "the release cannot be fetched": {
    check: "release",
    code: "service-unreachable",
    words: "The release's server does not answer",
    spoil: ({ world }) => void (world.driver.answers = () => Promise.reject(away("The release's server"))),
  },
  "the installation is laid out in another way": {
    check: "layout",
    code: "layout-not-ours",
    words: "A port is open.",
    spoil: ({ world }) =>
      void (world.driver.misfits = () =>
        Promise.resolve([{ what: "A port is open.", meaning: "It is reached.", todo: "Close it." }])),
  },
  "the copy will hold readers for long": {
    check: "hold",
    level: "warning",
    code: "long-hold",
    words: "about 25 seconds",
    plan: { ...testPlan, estimate: { ...testPlan.estimate, holdMs: 25_000 } },
    spoil: () => undefined,
  },
  "the database from before an update was dropped": {
    check: "kept",
    code: "nothing-to-undo",
    words: "the database from before",
    plan: testUndoPlan,
    spoil: ({ disk }) => void (disk.databases = disk.databases.filter(({ oid }) => oid !== 10)),
  },
  "the version from before an update was removed": {
    check: "kept",
    code: "version-gone",
    words: "FilaOps 1.0.0 is not on this computer any more",
    plan: testUndoPlan,
    spoil: ({ disk }) => void (disk.releases = ["1.1.0"]),
  },
};

function away(service: string): AppError {
  return new AppError("service-unreachable", { service, reason: "ECONNREFUSED" });
}

function worldOf(plan: Plan): MemoryWorld {
  return createMemoryWorld({ installed: plan.kind === "undo" ? "1.1.0 after an update" : "1.0.0" });
}

test.each(Object.entries(cases))(
  "%s",
  async (_, { check: name, level = "blocker", code, words = "", plan = testPlan, spoil }) => {
    const memory = worldOf(plan);
    spoil(memory);
    const found = (await check(memory.world, plan)).filter((finding) => finding.level !== "ok");
    expect(found).toMatchObject([{ check: name, level, problem: { code } }]);
    expect(found[0]?.problem?.happened).toContain(words);
  },
);

test.each([
  ["an update", testPlan],
  ["an update of a large database, with the room for it", big],
  ["an undo", testUndoPlan],
])("nothing stands in the way of %s: every check looks, and says nothing", async (_, plan) => {
  const progress: number[] = [];
  const findings = await check(worldOf(plan).world, plan, (done) => progress.push(done));
  expect(new Set(Object.values(cases).map((one) => one.check))).toEqual(new Set(findings.map((finding) => finding.check)));
  expect(findings.filter(({ level, problem }) => level !== "ok" || problem !== null)).toEqual([]);
  expect(progress).toEqual(findings.map((_finding, index) => index + 1));
});

test("sessions that FilaOps may end, a copy that is kept short, and an undo's other needs are nothing to say", async () => {
  const { world } = createMemoryWorld();
  world.databases.blockers = () => Promise.resolve([{ ...blocker, endable: true }]);
  expect((await check(world, testPlan)).filter(({ level }) => level !== "ok")).toEqual([]);
  const after = worldOf(testUndoPlan).world;
  // An undo makes no dump and no copy.
  after.dumpMajor = () => Promise.resolve(14);
  after.databaseDisk = () => Promise.resolve(null);
  after.freeBytes = () => Promise.resolve(GB);
  expect((await check(after, testUndoPlan)).filter(({ level }) => level !== "ok")).toEqual([]);
});

test("a backup needs neither the app nor the gate: it is wanted most when they are down", async () => {
  const { world, disk } = createMemoryWorld();
  disk.slots = {};
  world.gate.report = () => Promise.reject(away("The gate"));
  world.databases.blockers = () => Promise.resolve([blocker]);
  const findings = await check(world, { ...testPlan, kind: "backup", release: null });
  expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
});

test("all findings come at once, so that nobody mends one thing only to meet the next", async () => {
  const { world, disk } = createMemoryWorld();
  world.dumpMajor = () => Promise.resolve(14);
  world.freeBytes = () => Promise.resolve(0);
  disk.gate = { ...disk.gate, target: null };
  const found = (await check(world, testPlan)).filter(({ level }) => level === "blocker");
  expect(found.map((finding) => finding.check)).toEqual(["gate", "pg_dump", "disk"]);
});

describe("a plan with a blocker", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "filaops-checks-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  test("is made, shows it, and cannot be started; nothing is begun", async () => {
    const memory = createMemoryWorld();
    const world = { ...memory.world, paths: homePaths(home), dumpMajor: () => Promise.resolve(14) };
    const actor = { kind: "operator" } as const;
    await makeFolder(world.paths.shared);
    const installed = { version: "1.0.0", schemaHead: "1_init", slot: "blue", oid: 10 };
    const at = testPlan.createdAt;
    const state = { v: 1, instanceId: testPlan.id, sessionEpoch: 0, installedAt: at, installed, highestCommitted: "1.0.0" };
    await writeFile(world.paths.state, JSON.stringify(state));
    const plan = await planUpdate(world, { way: { path: [testRelease], passed: [testRelease] }, actor });
    const spawned: string[] = [];
    const request = {
      plan: plan.id,
      actor,
      idempotencyKey: "key",
      spawn: (run: string) => Promise.resolve(void spawned.push(run)),
    };
    await expect(startRun(world, request)).rejects.toMatchObject({
      code: "plan-blocked",
      message: expect.stringContaining("pg_dump 15 (found: 14)") as string,
    });
    expect(spawned).toEqual([]);
    // The plan stays as it is, also when the cause is gone: a new one is made.
    world.dumpMajor = () => Promise.resolve(15);
    await expect(startRun(world, request)).rejects.toMatchObject({ code: "plan-blocked" });
    const mended = await planUpdate(world, { way: { path: [testRelease], passed: [testRelease] }, actor });
    expect(await startRun(world, { ...request, plan: mended.id })).toMatchObject({ joined: false });
    expect(spawned).toHaveLength(1);
  });
});
