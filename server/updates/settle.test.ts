import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../platform/errors.ts";
import type { JournalEntry, Plan } from "./contract.ts";
import { drive } from "./run.ts";
import { settle } from "./settle.ts";
import type { Step, StepContext } from "./step.ts";
import { stepsOf } from "./steps/index.ts";
import { layOutHome } from "./testing/memory-home.ts";
import { RUN, memoryEngine, plannedEntry, wordsOf } from "./testing/memory-run.ts";
import type { LaidOut } from "./testing/memory-home.ts";
import { expectWhole, expectWholeWorld } from "./testing/memory-wholeness.ts";
import { instance } from "./testing/memory-disk.ts";
import type { MemoryWorld } from "./testing/memory-world.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan, testUndoPlan } from "./testing/plans.ts";

/** After a run that stopped half-way: a person says "settle", everything is as the journals say, and the next update may begin. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-settle-"));
});
afterEach(() => rm(folder, { recursive: true }));

const fail = () => Promise.reject(new AppError("unexpected", { detail: "injected" }));

/** The steps of such a run, of which these verbs of these steps always fail. */
function failing(kind: Plan["kind"], faults: Partial<Record<string, Partial<Step>>>): Step[] {
  return stepsOf[kind].map((step) => ({ ...step, ...faults[step.name] }));
}

async function run(memory: MemoryWorld, { plan, steps }: { plan: Plan; steps: readonly Step[] }) {
  const entries: JournalEntry[] = [plannedEntry(plan)];
  return { entries, outcome: await drive(memoryEngine(memory, entries, { plan, steps })) };
}

async function settled(memory: MemoryWorld, runs: readonly LaidOut[], byPerson = true) {
  const paths = await layOutHome(folder, runs);
  return settle({ ...memory.world, paths }, { byPerson });
}

describe("a run that could not be taken back", () => {
  // The other slot stayed taken and the copy in the way: settled or not, no update could begin any more.
  const cases = stepsOf.update.slice(0, stepsOf.update.findIndex(({ name }) => name === "observe") + 1).flatMap((step) => [
    { name: step.name, how: "not at all", undo: fail },
    { name: step.name, how: "but never says so", undo: (context: StepContext) => step.undo(context).then(fail) },
  ]);
  test.each(cases)("at $name ($how) is settled, and the next update works", async ({ name, undo }) => {
    const memory = createMemoryWorld();
    const steps = failing("update", { observe: { run: fail } }).map((step) => (step.name === name ? { ...step, undo } : step));
    const { entries, outcome } = await run(memory, { plan: testPlan, steps });
    expect(outcome).toBe("needs_attention");
    const world = { ...memory.world, paths: await layOutHome(folder, [{ run: RUN, plan: testPlan, entries }]) };
    expect(await settle(world)).toBe("left-alone");
    expect(await settle(world, { byPerson: true })).toBe("settled");
    expectWholeWorld({ disk: memory.disk, entries, kind: "update" });
    expect(await settle(world)).toBe("settled");
    const next = await run(memory, { plan: testPlan, steps: stepsOf.update });
    expectWhole({ ...next, disk: memory.disk, kind: "update" });
  });

  test("although its copy had not been written down is settled, and the copy dropped by its name", async () => {
    const memory = createMemoryWorld();
    const copy = stepsOf.update.find((step) => step.name === "copy");
    const steps = failing("update", {
      copy: { run: (context) => copy!.run({ ...context, record: fail }), undo: fail },
    });
    const { entries, outcome } = await run(memory, { plan: testPlan, steps });
    expect(outcome).toBe("needs_attention");
    expect(memory.disk.databases.map(({ name }) => name)).toEqual(["filaops", "filaops_green"]);
    await settled(memory, [{ run: RUN, plan: testPlan, entries }]);
    expectWholeWorld({ disk: memory.disk, entries, kind: "update" });
  });

  test("leaves alone a database that only has the name of its copy", async () => {
    const memory = createMemoryWorld();
    const { entries } = await run(memory, {
      plan: testPlan,
      steps: failing("update", { migrate: { run: fail }, copy: { undo: fail } }),
    });
    memory.disk.databases = memory.disk.databases.map((one) => (one.name === "filaops_green" ? { ...one, oid: 99 } : one));
    await settled(memory, [{ run: RUN, plan: testPlan, entries }]);
    expect(memory.disk.databases.map(({ oid }) => oid)).toEqual([10, 99]);
  });
});

const UPDATE = { run: "01KE6E00000000000000000000", plan: testPlan };

/** Journals of runs that were committed, with no more than settling reads. */
function committed(blue: number, green: number): JournalEntry[] {
  const at = testPlan.createdAt;
  return [
    plannedEntry(testPlan),
    { type: "fact", fact: { blue: { name: "filaops", oid: blue }, green: { name: "filaops", oid: green } }, at },
    { type: "done", step: "commit", ms: 1, at },
    { type: "finished", outcome: "complete", problem: null, at },
  ];
}

const names = ({ disk }: MemoryWorld) => Object.fromEntries(disk.databases.map(({ oid, name }) => [oid, name]));

describe("the live name is put right", () => {
  // It was given back under the name of the database kept by the update before, which is taken: settling failed each time.
  test("after an update on top of another that stopped behind its switch", async () => {
    const memory = createMemoryWorld({ installed: "1.1.0 after an update" });
    const plan: Plan = {
      ...testPlan,
      from: "1.1.0",
      to: "1.2.0",
      schemaHead: "3_most",
      database: { ...testPlan.database, live: { name: "filaops", oid: 11 }, green: "filaops_green_2", kept: "filaops_kept_2" },
      slots: { blue: "green", green: "blue" },
    };
    const { entries, outcome } = await run(memory, {
      plan,
      steps: failing("update", { observe: { run: fail }, switch: { undo: fail } }),
    });
    expect(outcome).toBe("needs_attention");
    expect(names(memory)).toEqual({ 10: "filaops_kept", 11: "filaops_kept_2", 20: "filaops" });
    await settled(memory, [
      { ...UPDATE, entries: committed(10, 11) },
      { run: RUN, plan, entries },
    ]);
    expect(names(memory)).toEqual({ 10: "filaops_kept", 11: "filaops" });
    expect(memory.disk).toMatchObject({ fence: "open", gate: { mode: "proxy", target: { slot: "green", version: "1.1.0" } } });
    expect(Object.keys(memory.disk.slots)).toEqual(["green"]);
  });

  test("after an undo whose rename was lost behind its commit", async () => {
    const memory = createMemoryWorld({ installed: "1.1.0 after an update" });
    memory.disk.slots = { blue: instance("blue", "1.0.0", "filaops") };
    await settled(memory, [
      { ...UPDATE, entries: committed(10, 11) },
      { run: RUN, plan: testUndoPlan, entries: committed(11, 10) },
    ]);
    expect(names(memory)).toEqual({ 10: "filaops", 11: "filaops_put_aside" });
    expect(memory.disk.gate.target).toMatchObject({ slot: "blue", version: "1.0.0" });
  });

  test("but not when a database has it that no run speaks of", async () => {
    const memory = createMemoryWorld();
    memory.disk.databases = memory.disk.databases.map((one) => ({ ...one, oid: 77 }));
    await expect(settled(memory, [])).rejects.toMatchObject({ code: "database-moved" });
    expect(names(memory)).toEqual({ 77: "filaops" });
  });
});

// Stopping what ran before had failed three times; the slot stayed taken, and the next update was refused until a person stopped it by hand.
test("what cleaning up could not stop is stopped, and its reserved space given back, without a person", async () => {
  const memory = createMemoryWorld();
  const { entries, outcome } = await run(memory, { plan: testPlan, steps: failing("update", { cleanup: { run: fail } }) });
  expect(outcome).toBe("complete");
  expect(wordsOf(entries)).toContain("warning");
  expect(memory.disk.ballast).toBe(true);
  expect(await settled(memory, [{ run: RUN, plan: testPlan, entries }], false)).toBe("settled");
  expectWholeWorld({ disk: memory.disk, entries, kind: "update" });
  expect(memory.disk.ballast).toBe(false);
});

test("nothing is settled while a journal is damaged, and it is said which", async () => {
  const memory = createMemoryWorld();
  const { entries } = await run(memory, { plan: testPlan, steps: stepsOf.update });
  const paths = await layOutHome(folder, [{ run: RUN, plan: testPlan, entries }]);
  await writeFile(paths.journal(RUN), (await readFile(paths.journal(RUN), "utf8")).replace("preflight", "preflighT"));
  memory.disk.fence = "closed";
  await expect(settle({ ...memory.world, paths }, { byPerson: true })).rejects.toMatchObject({
    code: "file-unreadable",
    message: expect.stringContaining(paths.journal(RUN)) as string,
  });
  expect(memory.disk.fence).toBe("closed");
});
