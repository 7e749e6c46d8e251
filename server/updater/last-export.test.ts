import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ExportFile } from "../exports/contract.ts";
import { exportFileSchema } from "../exports/contract.ts";
import { beginExport } from "../exports/store.ts";
import type { HomePaths } from "../platform/home.ts";
import { silentLog } from "../platform/log.ts";
import type { JournalEntry } from "../updates/contract.ts";
import { layOutHome } from "../updates/testing/memory-home.ts";
import { plannedEntry, RUN } from "../updates/testing/memory-run.ts";
import { testFreshPlan } from "../updates/testing/plans.ts";
import { createVirtualClock } from "../updates/testing/virtual-clock.ts";
import { lastExport } from "./last-export.ts";

const clock = { ...createVirtualClock(), now: () => new Date("2026-01-10T08:00:00.000Z") };
const on = (day: number) => `2026-01-${String(day).padStart(2, "0")}T07:00:00.000Z`;

let folder: string;
let paths: HomePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-last-export-"));
  paths = await layOutHome(folder, []);
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(day: number, state: ExportFile["state"] = "complete"): Promise<void> {
  const id = `01KE6G000000000000000000${String(day).padStart(2, "0")}`;
  const at = { startedAt: on(day), startedBy: "Ada", appVersion: "1.0.0", process: "p", seenAt: on(day), key: null };
  const counts = { rows: { done: 1, total: 1 }, bytes: 1, lacking: 0, problem: null };
  await beginExport(paths.exports, exportFileSchema.parse({ v: 1, id, state, options: {}, ...at, ...counts }));
}
const found = () => lastExport({ paths, clock, log: silentLog });

test("is the newest that can be downloaded", async () => {
  expect(await found()).toBeNull();
  await exported(2); // has expired
  expect(await found()).toBeNull();
  await exported(5);
  await exported(7);
  await exported(8, "failed");
  await exported(9, "running");
  expect(await found()).toBe(on(7));
});

test("of data that was replaced since is none of what is live", async () => {
  await exported(5);
  const at = on(6);
  const journal: JournalEntry[] = [
    plannedEntry(testFreshPlan),
    { type: "fact", fact: { blue: { name: "a", oid: 10 }, green: { name: "b", oid: 11 } }, at },
    { type: "done", step: "commit", ms: 1, at },
    { type: "finished", outcome: "complete", problem: null, at },
  ];
  paths = await layOutHome(folder, [{ run: RUN, plan: testFreshPlan, entries: journal }]);
  expect(await found()).toBeNull();
  await exported(7);
  expect(await found()).toBe(on(7));
});

test("is not known where the folder cannot be looked into", async () => {
  await writeFile(paths.exports, "no folder");
  expect(await found()).toBeNull();
});
