import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../platform/files.ts";
import { collectGarbage } from "./collect.ts";
import type { JournalEntry } from "./contract.ts";
import { drive } from "./run.ts";
import { layOutHome } from "./testing/memory-home.ts";
import { RUN, memoryEngine, plannedEntry } from "./testing/memory-run.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan, testUndoPlan } from "./testing/plans.ts";
import type { World } from "./world.ts";

/** What an undo needs is held: without that, whoever cleans up the computer takes it. */

function holding(world: World): { world: World; told: string[] } {
  const told: string[] = [];
  const { keep, stop } = world.driver;
  const driver: World["driver"] = {
    ...world.driver,
    keep: (version) => {
      told.push(`keep ${version}`);
      return keep(version);
    },
    stop: (slot) => {
      told.push(`stop ${slot}`);
      return stop(slot);
    },
  };
  return { world: { ...world, driver }, told };
}

test("the version before is held before it ends, after an update; an undo holds nothing", async () => {
  for (const [plan, installed, last] of [
    [testPlan, "1.0.0", ["keep 1.0.0", "stop blue"]],
    [testUndoPlan, "1.1.0 after an update", ["stop trial", "stop green"]],
  ] as const) {
    const memory = createMemoryWorld({ installed });
    const { world, told } = holding(memory.world);
    expect(await drive(memoryEngine(memory, [plannedEntry(plan)], { plan, world }))).toBe("complete");
    expect(told.slice(-2)).toEqual(last);
  }
});

test("it is held anew as long as the update can be undone, whatever somebody took", async () => {
  const folder = await mkdtemp(join(tmpdir(), "filaops-keep-"));
  const memory = createMemoryWorld();
  const entries: JournalEntry[] = [plannedEntry(testPlan)];
  await drive(memoryEngine(memory, entries));
  const paths = await layOutHome(folder, [{ run: RUN, plan: testPlan, entries }]);
  await makeFolder(paths.releases);
  const { world, told } = holding({ ...memory.world, paths });
  await collectGarbage(world);
  expect(told).toEqual(["keep 1.0.0"]);
  const late = new Date(world.clock.now().getTime() + (world.config.undoDays + 1) * 86_400_000);
  await collectGarbage({ ...world, clock: { ...world.clock, now: () => late } });
  expect(told).toEqual(["keep 1.0.0"]);
  await rm(folder, { recursive: true });
});
