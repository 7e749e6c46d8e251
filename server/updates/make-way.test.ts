import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "../platform/contract.ts";
import { makeFolder, writeAtomically } from "../platform/files.ts";
import { readCancelWish } from "./cancel.ts";
import type { Plan } from "./contract.ts";
import { openRun } from "./history.ts";
import { openJournal } from "./journal.ts";
import { makeWay } from "./make-way.ts";
import { layOutHome } from "./testing/memory-home.ts";
import { RUN, plannedEntry } from "./testing/memory-run.ts";
import { testBackupPlan, testDrillPlan, testPlan } from "./testing/plans.ts";
import { createVirtualClock } from "./testing/virtual-clock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-way-"));
});
afterEach(() => rm(folder, { recursive: true }));

const PERSON: Actor = { kind: "user", id: "1", name: "Olivia", role: "admin" };

/** A job is under way that this one began, and a plan of somebody else waits. */
async function stage(by: Actor, waiting: Plan) {
  const planned = { ...plannedEntry(testBackupPlan), actor: by };
  const paths = await layOutHome(folder, [{ run: RUN, plan: testBackupPlan, entries: [planned] }]);
  await makeFolder(paths.plans);
  await writeAtomically(paths.plan(waiting.id), JSON.stringify(waiting));
  const clock = createVirtualClock();
  let looks = 0;
  const sleep = async () => {
    looks += 1;
    // The runner has seen the wish by now.
    if (looks === 3) await finish(paths.journal(RUN), clock.now().toISOString());
  };
  return { world: { paths, clock: { ...clock, sleep } }, looks: () => looks };
}

async function finish(path: string, at: string): Promise<void> {
  const journal = await openJournal(path, () => Promise.resolve());
  await journal.append({ type: "finished", outcome: "cancelled", problem: null, at });
  await journal.close();
}

test("a job that began by itself is cancelled for a change, which waits until it has ended", async () => {
  const { world, looks } = await stage({ kind: "system" }, testPlan);
  await makeWay(world, { plan: testPlan.id, actor: PERSON });
  expect(await readCancelWish(world.paths, RUN)).toEqual(PERSON);
  expect(looks()).toBe(3);
  expect(await openRun(world.paths)).toBeNull();
});

test.each([
  ["a person began it", PERSON, testPlan],
  ["what waits is a job itself", { kind: "system" }, testDrillPlan],
] as const)("it is left alone when %s", async (_why, by, waiting) => {
  const { world } = await stage(by, waiting);
  await makeWay(world, { plan: waiting.id, actor: PERSON });
  expect(await readCancelWish(world.paths, RUN)).toBeNull();
  expect(await openRun(world.paths)).toBe(RUN);
});
