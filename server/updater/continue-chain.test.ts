import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEntry } from "../audit/contract.ts";
import { writeHandover } from "../deployment/handover.ts";
import type { Actor } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { makeFolder } from "../platform/files.ts";
import type { ReleaseStatus } from "../releases/contract.ts";
import { cancelStep, endChain, readChain } from "../updates/chain.ts";
import type { Chain } from "../updates/chain-contract.ts";
import type { JournalEntry, Plan } from "../updates/contract.ts";
import { planUpdate } from "../updates/plan.ts";
import { drive } from "../updates/run.ts";
import { stepsOf } from "../updates/steps/index.ts";
import { layOutHome } from "../updates/testing/memory-home.ts";
import { RUN, memoryEngine, plannedEntry } from "../updates/testing/memory-run.ts";
import { createMemoryWorld } from "../updates/testing/memory-world.ts";
import { testPlan, testRelease, testUndoPlan } from "../updates/testing/plans.ts";
import { readRecords } from "../updates/records.ts";
import type { World } from "../updates/world.ts";
import { continueChain } from "./continue-chain.ts";

/** A path from 1.0.0 over 1.1.0 to 2.0.0, of which a person has begun the first step. */
const CHAIN: Chain = { id: "01KE6FZZZZZZZZZZZZZZZZZZZC", path: ["1.1.0", "2.0.0"], index: 0 };
const ANN: Actor = { kind: "user", id: "7", name: "Ann", role: "admin" };
const LATER = "01KE6H00000000000000000000";

let folder: string;
let world: World;
let status: ReleaseStatus;
let spawned: string[];
let audited: Omit<AuditEntry, "v" | "at">[];
let own: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-path-"));
  spawned = [];
  audited = [];
  own = "1.1.0";
  status = available({ version: "2.0.0", manifest: { ...testRelease.manifest, version: "2.0.0", upgradeFrom: "1.1.0" } });
});
afterEach(() => rm(folder, { recursive: true }));

function available(otherwise: Partial<typeof testRelease>): ReleaseStatus {
  const release = { ...testRelease, ...otherwise };
  const checkedAt = testPlan.createdAt;
  return {
    kind: "available",
    checkedAt,
    release,
    path: [release.version],
    ordinary: null,
    missed: [release],
    refused: [],
    stale: null,
  };
}

type First = { chain?: Chain | null; failing?: boolean; lines?: number };

/** The home and the world after the first step was driven, to its end unless it fails or is left alone after some lines. */
async function afterFirst({ chain = CHAIN, failing = false, lines = Infinity }: First = {}): Promise<void> {
  const memory = createMemoryWorld();
  const plan: Plan = { ...testPlan, chain, createdBy: ANN };
  const planned = plannedEntry(plan);
  const entries: JournalEntry[] = [planned.type === "planned" ? { ...planned, actor: ANN } : planned];
  const broken = { run: () => Promise.reject(new AppError("migration-failed", { migration: "2_more", reason: "no" })) };
  const steps = stepsOf.update.map((step) => (failing && step.name === "migrate" ? { ...step, ...broken } : step));
  await drive(memoryEngine(memory, entries, { plan, steps }));
  const paths = await layOutHome(folder, [{ run: RUN, plan, entries: entries.slice(0, lines) }]);
  for (const made of [paths.run, paths.plans]) await makeFolder(made);
  world = { ...memory.world, paths };
}

/** One look of an updater. */
function look(checker: () => Promise<ReleaseStatus> = () => Promise.resolve(status)) {
  return continueChain(world, {
    checker: { status: checker },
    own,
    audit: (entry) => Promise.resolve(void audited.push(entry)),
    spawn: (run) => Promise.resolve(void spawned.push(run)),
  });
}

const runs = async () => (await readRecords(world.paths)).map(({ run }) => run);

/** The path has ended for this reason, and is not begun again, whatever changes. */
async function expectEnded(code: string): Promise<void> {
  expect(await look()).toBe("nothing");
  expect(await readChain(world.paths)).toMatchObject({ state: "ended", run: RUN, problem: { code } });
  own = "1.1.0";
  expect(await look()).toBe("nothing");
  expect(await runs()).toEqual([RUN]);
  expect([spawned, audited]).toEqual([[], []]);
}

describe("the next step", () => {
  test("is planned and begun once, for who began the path, with a plan and a key of its own", async () => {
    await afterFirst();
    expect(await readChain(world.paths)).toEqual({ ...CHAIN, run: RUN, state: "next", endedBy: null, problem: null });
    expect(await look()).toBe("started");
    const records = await readRecords(world.paths);
    const second = records.find(({ run }) => run !== RUN);
    expect(second?.plan).toMatchObject({
      ...{ from: "1.1.0", to: "2.0.0", createdBy: ANN, chain: { ...CHAIN, index: 1 } },
      release: { version: "2.0.0" },
      breaking: { reasons: ["major"] },
    });
    expect(second?.plan.id).not.toBe(records.find(({ run }) => run === RUN)?.plan.id);
    expect(second?.journal[0]).toMatchObject({ actor: ANN, idempotencyKey: `path-${CHAIN.id}-1` });
    expect(spawned).toEqual([second?.run]);
    expect(audited).toEqual([
      { actor: ANN, action: "updater.start", result: "done", detail: { run: second?.run, path: CHAIN.id } },
    ]);
    // Another updater, after whatever crash.
    expect(await look()).toBe("nothing");
    expect(await runs()).toHaveLength(2);
    expect(await readChain(world.paths)).toMatchObject({ state: "under-way", index: 1 });
  });

  test("that was planned when the power went is planned anew", async () => {
    await afterFirst();
    const release = { ...testRelease, version: "2.0.0" };
    const wish = { way: { path: [release], passed: [release] }, actor: ANN, chain: { ...CHAIN, index: 1 } } as const;
    const { id } = await planUpdate(world, wish);
    expect(await look()).toBe("started");
    const [, second] = await readRecords(world.paths);
    expect(second?.plan).toMatchObject({ to: "2.0.0", chain: { index: 1 } });
    expect(second?.plan.id).not.toBe(id);
  });

  test.each<[string, Parameters<typeof afterFirst>[0]]>([
    ["an ordinary update", { chain: null }],
    ["the last step", { chain: { ...CHAIN, path: ["1.0.5", "1.1.0"], index: 1 } }],
    ["a step that went back", { failing: true }],
    ["a step that is under way", { lines: 5 }],
  ])("is none after %s", async (_what, first) => {
    await afterFirst(first);
    expect(await look()).toBe("nothing");
    expect(await runs()).toEqual([RUN]);
    // It was not even tried.
    expect(await readdir(world.paths.update(RUN))).not.toContain("chain-end.json");
  });

  test("is none after somebody took the step back", async () => {
    await afterFirst();
    const entries: JournalEntry[] = [{ ...plannedEntry(testUndoPlan), run: LATER } as JournalEntry];
    await layOutHome(folder, [{ run: LATER, plan: testUndoPlan, entries }]);
    expect(await look()).toBe("nothing");
    expect(await readChain(world.paths)).toBeNull();
  });

  test("waits until gate and updater are those of the step before", async () => {
    await afterFirst();
    own = "1.0.0";
    expect(await look()).toBe("waiting");
    const at = world.clock.now().toISOString();
    await writeHandover(world.paths, { version: "1.1.0", state: "wanted", at, tries: 1, problem: null });
    expect(await look()).toBe("waiting");
    own = "1.1.0";
    expect(await look()).toBe("started");
  });

  test("waits while the database is away", async () => {
    await afterFirst();
    const away = new AppError("service-unreachable", { service: "PostgreSQL", reason: "it is away" });
    expect(await look(() => Promise.reject(away))).toBe("waiting");
    expect(await look()).toBe("started");
  });
});

describe("a path ends", () => {
  test("when gate and updater stayed behind", async () => {
    await afterFirst();
    own = "1.0.0";
    const { problem } = new AppError("handover-failed", { version: "1.1.0", reason: "it does not answer" });
    const at = world.clock.now().toISOString();
    await writeHandover(world.paths, { version: "1.1.0", state: "failed", at, tries: 1, problem });
    await expectEnded("handover-failed");
  });

  test("when the release of the next step is not there any more, or wants a stop that nobody was shown", async () => {
    await afterFirst();
    status = { kind: "current", checkedAt: testPlan.createdAt, refused: [], stale: null };
    await expectEnded("release-unknown");
  });

  test("when the checks find something in the way", async () => {
    await afterFirst();
    world.dumpMajor = () => Promise.resolve(9);
    await expectEnded("plan-blocked");
  });

  test("when the next release turns out not to carry the data over", async () => {
    await afterFirst();
    status = available({ version: "2.0.0", manifest: { ...testRelease.manifest, migratable: false } });
    await expectEnded("plan-blocked");
  });

  test("when half an hour went by", async () => {
    await afterFirst();
    const late = new Date(world.clock.now().getTime() + 31 * 60_000);
    world.clock = { ...world.clock, now: () => late };
    await expectEnded("chain-too-late");
  });

  test("when somebody ends it between two steps, and says who", async () => {
    await afterFirst();
    await cancelStep(world.paths, RUN, ANN);
    expect(await look()).toBe("nothing");
    expect(await readChain(world.paths)).toMatchObject({ state: "ended", endedBy: ANN, problem: null });
    expect(await runs()).toEqual([RUN]);
  });

  test("when somebody cancels by the run that they saw, although the next one has begun since", async () => {
    await afterFirst();
    await look();
    const [second] = spawned;
    await cancelStep(world.paths, RUN, ANN);
    expect(await readdir(world.paths.update(second!))).toContain("cancel");
    expect(await readdir(world.paths.update(RUN))).not.toContain("cancel");
  });

  test("once: what was written down first stays", async () => {
    await afterFirst();
    const { problem } = new AppError("release-unknown", { version: "2.0.0" });
    await endChain(world.paths, RUN, { at: world.clock.now(), problem });
    await expectEnded("release-unknown");
  });
});
