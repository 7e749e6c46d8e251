import { describe, expect, test } from "vitest";
import type { JournalEntry, Outcome, Plan, Status, StepName } from "../contract.ts";
import { RUN, plannedEntry } from "../testing/memory-run.ts";
import { TEST_BACKUP, testPlan, testRestorePlan, testUndoPlan } from "../testing/plans.ts";
import { deriveStatus } from "./status.ts";

const at = testPlan.createdAt;
const later = (seconds: number) => new Date(Date.parse(at) + seconds * 1000);
const problem = { code: "x", happened: "It rained.", meaning: "Nothing.", todo: "Wait." };
const started = (step: StepName): JournalEntry => ({ type: "started", step, at });
const done = (step: StepName): JournalEntry => ({ type: "done", step, ms: 5, at });
const failed = (step: StepName): JournalEntry => ({ type: "failed", step, problem, at });
const undoing = (step: StepName): JournalEntry => ({ type: "undoing", step, at });
const undone = (step: StepName): JournalEntry => ({ type: "undone", step, ms: 5, at });
const finished = (outcome: Outcome): JournalEntry => ({ type: "finished", outcome, problem: null, at: later(60).toISOString() });
const ran = (...steps: StepName[]) => steps.flatMap((step) => [started(step), done(step)]);
const UP_TO_PAUSE: StepName[] = ["preflight", "download", "backup", "warm", "pause"];

const statusOf = (...journal: JournalEntry[]) =>
  deriveStatus(testPlan, [plannedEntry(testPlan), ...journal], { progress: null, now: later(30) });

test("a restore says which backup, an undo what it takes back, and both that all sessions end", () => {
  const of = (plan: Plan) => deriveStatus(plan, [plannedEntry(plan)], { progress: null, now: later(1) });
  expect(of(testRestorePlan)).toMatchObject({ about: { id: TEST_BACKUP, createdAt: at }, undoes: null, endsSessions: true });
  const undone = { ...testUndoPlan, undoes: { ...testUndoPlan.undoes!, kind: "restore" as const }, endsSessions: true };
  expect(of(undone)).toMatchObject({ about: null, undoes: "restore", endsSessions: true });
  expect(statusOf()).toMatchObject({ about: null, undoes: null, endsSessions: false });
});

describe("what people are shown", () => {
  const table: [string, JournalEntry[], Partial<Status>][] = [
    ["nothing has begun", [], { seedStatus: "pending", people: "all", percent: 0, canCancel: true, run: RUN }],
    [
      "the backup runs",
      [...ran("preflight", "download"), started("backup")],
      { seedStatus: "backing_up", people: "all", canCancel: true },
    ],
    [
      "saving pauses",
      [...ran("preflight", "download", "backup", "warm"), started("pause")],
      { seedStatus: "applying", people: "read", canCancel: false },
    ],
    ["the copy is made", [...ran(...UP_TO_PAUSE), started("copy")], { people: "held" }],
    ["the copy is made", [...ran(...UP_TO_PAUSE, "copy"), started("migrate")], { seedStatus: "migrating", people: "read" }],
    [
      "the migration failed",
      [...ran(...UP_TO_PAUSE, "copy"), started("migrate"), failed("migrate")],
      { people: "read", goingBack: true, problem, canCancel: false },
    ],
    [
      "the switch is taken back",
      [...ran(...UP_TO_PAUSE, "copy", "switch"), failed("observe"), undoing("switch")],
      { people: "held", goingBack: true },
    ],
    [
      "the pause is taken back",
      [...ran(...UP_TO_PAUSE), failed("copy"), undone("copy"), undone("pause")],
      { people: "all", goingBack: true },
    ],
    [
      "it is committed and opening",
      [...ran(...UP_TO_PAUSE, "commit"), started("open"), failed("open")],
      { people: "read", goingBack: false },
    ],
    [
      "it is complete",
      [...ran(...UP_TO_PAUSE, "commit", "open"), finished("complete")],
      { seedStatus: "complete", outcome: "complete", percent: 100, people: "all" },
    ],
    [
      "it went back",
      [...ran(...UP_TO_PAUSE), failed("copy"), undone("pause"), finished("rolled_back")],
      { seedStatus: "rolled_back", people: "all", goingBack: false },
    ],
    [
      "it needs a person with saving paused",
      [...ran(...UP_TO_PAUSE), failed("copy"), undoing("copy"), finished("needs_attention")],
      { people: "read" },
    ],
    [
      "it needs a person and nothing was paused",
      [...ran("preflight"), failed("download"), undoing("download"), finished("needs_attention")],
      { people: "all" },
    ],
    [
      "something did not work out",
      [{ type: "warning", problem, at }, finished("complete")],
      { warnings: [problem], problem: null },
    ],
  ];
  test.each(table)("while %s", (_, journal, expected) => {
    expect(statusOf(...journal)).toMatchObject(expected);
  });
});

describe("how far a run is", () => {
  test("counts what is done, and of the running step what it says of itself", () => {
    const progress = { done: 50, total: 100, unit: "bytes" } as const;
    const plan = { ...testPlan, estimate: { ...testPlan.estimate, steps: { download: 1_000_000 } } };
    const journal = [plannedEntry(plan), ...ran("preflight"), started("download")];
    const status = deriveStatus(plan, journal, { progress, now: later(30) });
    expect(status.percent).toBeGreaterThan(45);
    expect(status.percent).toBeLessThan(55);
    expect(status.steps.find(({ name }) => name === "download")).toMatchObject({ state: "running", progress });
    expect(status.steps.find(({ name }) => name === "preflight")).toMatchObject({ state: "done", ms: 5, progress: null });
  });

  test("is never all of it before the end", () => {
    expect(statusOf(...ran(...testPlan.steps)).percent).toBe(99);
  });
});

describe("how long saving was paused", () => {
  const paused: JournalEntry = { type: "fact", fact: { pausedAt: later(10).toISOString() }, at };
  const opened: JournalEntry = { type: "fact", fact: { openedAt: later(14).toISOString() }, at };
  test.each([
    ["never", [], null],
    ["until now", [paused], 20_000],
    ["until it was opened", [paused, opened], 4000],
    ["and still is, after a run that stopped half-way", [paused, finished("needs_attention")], null],
  ] as [string, JournalEntry[], number | null][])("%s", (_, journal, expected) => {
    expect(statusOf(...journal).pauseMs).toBe(expected);
  });
});
