import { link, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { diskBytes, makeFolder } from "../platform/files.ts";
import { diskUse } from "./disk-use.ts";
import { drive } from "./run.ts";
import { layOutHome } from "./testing/memory-home.ts";
import { RUN, memoryEngine, plannedEntry } from "./testing/memory-run.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan } from "./testing/plans.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-disk-use-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("what two backups share takes its place once, and what is not there none", async () => {
  await writeFile(join(folder, "one"), Buffer.alloc(100_000, 1));
  const alone = await diskBytes(folder);
  expect(alone).toBeGreaterThanOrEqual(100_000);
  await link(join(folder, "one"), join(folder, "two"));
  expect(await diskBytes(folder)).toBe(alone);
  await makeFolder(join(folder, "below"));
  await writeFile(join(folder, "below", "three"), Buffer.alloc(100_000, 2));
  expect(await diskBytes(folder)).toBeGreaterThanOrEqual(2 * alone);
  expect(await diskBytes(join(folder, "nowhere"))).toBe(0);
});

test("after an update: the data of before until its day, the version of before as the way back, and what nothing needs as left over", async () => {
  const memory = createMemoryWorld();
  const entries = [plannedEntry(testPlan)];
  await drive(memoryEngine(memory, entries));
  const paths = await layOutHome(folder, [{ run: RUN, plan: testPlan, entries }]);
  for (const version of ["1.0.0", "1.1.0", "0.9.0"]) await makeFolder(paths.release(version));
  await writeFile(join(paths.releases, "feed.json"), "{}");
  const world = { ...memory.world, paths };

  const use = await diskUse(world);

  const committed = entries.find((entry) => entry.type === "done" && entry.step === "commit")?.at ?? "";
  const until = new Date(Date.parse(committed) + world.config.undoDays * 86_400_000).toISOString();
  expect(use.keptDatabases).toEqual([{ bytes: 1e6, role: "way-back", version: "1.0.0", replacedAt: committed, until }]);
  expect(use.releases.toSorted((a, b) => a.version.localeCompare(b.version))).toEqual([
    { version: "0.9.0", bytes: 1000, role: "left-over" },
    { version: "1.0.0", bytes: 1000, role: "way-back" },
    { version: "1.1.0", bytes: 1000, role: "installed" },
  ]);
  expect(use.records.bytes).toBeGreaterThan(0);

  // A database that somebody dropped by hand takes nothing.
  memory.disk.databases = memory.disk.databases.filter(({ name }) => name === "filaops");
  expect((await diskUse(world)).keptDatabases).toEqual([]);
});
