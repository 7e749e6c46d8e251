import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HomePaths } from "../platform/home.ts";
import type { JournalEntry } from "./contract.ts";
import { listHistory, openRun, readLog } from "./history.ts";
import { readInstallation } from "./installation.ts";
import { planUndo } from "./plan.ts";
import { readRecords, soundRecords } from "./records.ts";
import { settle, waitingForPerson } from "./settle.ts";
import { startRun } from "./start.ts";
import { RUN, plannedEntry } from "./testing/memory-run.ts";
import { layOutHome } from "./testing/memory-home.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan } from "./testing/plans.ts";
import type { World } from "./world.ts";

/**
 * A journal that is damaged in its middle, or a plan that is. It once made every run of the home unreadable, so that nothing was shown any more and the running app
 * was not looked after; now it is a finding, the others are as before, and nobody acts on what is not known.
 */

const DAMAGED = "01KE6H00000000000000000000";
const at = testPlan.createdAt;
const complete: JournalEntry[] = [
  plannedEntry(testPlan),
  { type: "fact", fact: { blue: { name: "filaops", oid: 10 }, green: { name: "filaops_green", oid: 11 } }, at },
  { type: "done", step: "commit", ms: 1, at },
  { type: "finished", outcome: "complete", problem: null, at },
];
const half: JournalEntry[] = [
  plannedEntry(testPlan),
  { type: "started", step: "preflight", at },
  { type: "done", step: "preflight", ms: 1, at },
];

let folder: string;
let paths: HomePaths;
let world: World;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-records-"));
  paths = await layOutHome(folder, [
    { run: RUN, plan: testPlan, entries: complete },
    { run: DAMAGED, plan: testPlan, entries: half },
  ]);
  const journal = paths.journal(DAMAGED);
  await writeFile(journal, (await readFile(journal, "utf8")).replace('"started"', '"starteD"'));
  world = { ...createMemoryWorld({ installed: "1.1.0 after an update" }).world, paths };
});
afterEach(() => rm(folder, { recursive: true }));

const unreadable = { code: "file-unreadable", message: expect.stringContaining("line 2") as string };

describe("a run whose journal is damaged", () => {
  test("is shown as a finding in history and log, and the others as they are", async () => {
    expect(await listHistory(world)).toMatchObject([
      { run: DAMAGED, outcome: "needs_attention", problem: { code: "file-unreadable" } },
      {
        run: RUN,
        outcome: "complete",
        problem: null,
        undoableUntil: null,
        notUndoable: expect.stringContaining("damaged") as string,
      },
    ]);
    const lines = (await readLog(paths, DAMAGED)).map(({ text }) => text);
    expect(lines.at(-2)).toBe("Checking this computer: done after 0.0 s.");
    expect(lines.at(-1)).toContain("is damaged");
    expect((await readRecords(paths)).map(({ damage }) => damage?.code ?? null)).toEqual([null, "file-unreadable"]);
  });

  test("does not hide what is installed, is not gone on with, and waits for a person", async () => {
    expect(await readInstallation(world)).toMatchObject({ version: "1.1.0", slot: "green" });
    expect(await openRun(paths)).toBeNull();
    expect(await waitingForPerson(world, await readRecords(paths))).toBe(DAMAGED);
  });

  test("stops everybody who would act on what the journals say", async () => {
    const actor = { kind: "operator" } as const;
    await expect(soundRecords(paths)).rejects.toMatchObject(unreadable);
    await expect(planUndo(world, { run: RUN, actor })).rejects.toMatchObject(unreadable);
    const start = startRun(world, { plan: testPlan.id, actor, idempotencyKey: "a-new-key", spawn: () => Promise.resolve() });
    await expect(start).rejects.toMatchObject(unreadable);
  });
});

// One such file once made the whole history unreadable; one that was missing made its run forgotten, whatever it had installed.
describe.each<[what: string, spoil: () => Promise<void>, words: string]>([
  ["is not JSON any more", () => writeFile(paths.updatePlan(RUN), "{"), "it is not JSON"],
  ["is of another shape", () => writeFile(paths.updatePlan(RUN), "{}"), "v: "],
  ["is gone", () => rm(paths.updatePlan(RUN)), "it is not there any more"],
])("a run whose plan %s", (_what, spoil, words) => {
  beforeEach(async () => {
    await rm(paths.update(DAMAGED), { recursive: true });
    await spoil();
  });

  test("is shown as a finding, with what its journal says, and what it installed is still looked after", async () => {
    expect(await listHistory(world)).toMatchObject([
      {
        ...{ run: RUN, kind: "update", from: "1.0.0", to: "1.1.0", outcome: "complete", startedBy: "the command line" },
        problem: { code: "file-unreadable", happened: expect.stringContaining(words) as string },
        undoableUntil: null,
      },
    ]);
    expect((await readLog(paths, RUN)).at(-1)?.text).toContain("plan.json cannot be read");
    expect(await readInstallation(world)).toMatchObject({
      ...{ version: "1.1.0", slot: "green", database: { name: "filaops", oid: 11 } },
    });
    expect(await openRun(paths)).toBeNull();
    expect(await waitingForPerson(world, await readRecords(paths))).toBe(RUN);
  });

  test("stops everybody who would act on it", async () => {
    const actor = { kind: "operator" } as const;
    await expect(soundRecords(paths)).rejects.toMatchObject({ code: "file-unreadable" });
    await expect(planUndo(world, { run: RUN, actor })).rejects.toMatchObject({ code: "file-unreadable" });
    await expect(settle(world)).rejects.toMatchObject({ code: "file-unreadable" });
  });
});

test("a folder of a run that never began, with a plan that is damaged, is passed over", async () => {
  await rm(paths.update(DAMAGED), { recursive: true });
  await rm(paths.journal(RUN));
  await writeFile(paths.updatePlan(RUN), "{");
  expect(await readRecords(paths)).toEqual([]);
});

test("an undo is not planned when its time is over, although its database is still there", async () => {
  await rm(paths.update(DAMAGED), { recursive: true });
  const late = {
    ...world,
    config: { ...world.config, undoDays: 7 },
    clock: { ...world.clock, now: () => new Date("2026-01-12T08:00:00.001Z") },
  };
  await expect(planUndo(late, { run: RUN, actor: { kind: "operator" } })).rejects.toMatchObject({
    code: "nothing-to-undo",
    message: expect.stringContaining("the time for undoing it is over") as string,
  });
  expect((await listHistory(late))[0]).toMatchObject({ undoableUntil: null, notUndoable: "The time for undoing it is over." });
});
