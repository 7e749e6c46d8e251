import { describe, expect, it } from "vitest";
import { publicStatusSchema } from "../../server/updates/contract.ts";
import type { PublicStatus } from "../../server/updates/contract.ts";
import { status } from "./fixtures.ts";
import { barSentence, joinStatus, peopleSentence, runTitle, spokenProgress, stepViews, timeSentence } from "./run-view.ts";

const seen = (over: Parameters<typeof status>[0] = {}): PublicStatus => publicStatusSchema.parse(status(over));
const LATER = "2026-11-23T14:00:20.000Z";
const NEXT_RUN = "01JZ0000000000000000000009";

describe("two sources", () => {
  it("without any there is nothing", () => {
    expect(joinStatus(null, null)).toBeNull();
  });
  it.each([
    ["the public one alone", null, seen(), 20, false],
    ["the full one alone", status(), null, 20, true],
    ["the newer word of the gate", status(), seen({ percent: 60, updatedAt: LATER }), 60, true],
    ["the newer word of the app", status({ percent: 60, updatedAt: LATER }), seen(), 60, true],
    ["an end, however old", status({ updatedAt: LATER }), seen({ outcome: "complete", percent: 100 }), 100, true],
    ["the later run, known to the gate only", status(), seen({ run: NEXT_RUN, percent: 5 }), 5, false],
    ["the later run, known to the app only", status({ run: NEXT_RUN, percent: 7 }), seen(), 7, true],
  ])("%s counts", (_name, full, pub, percent, details) => {
    const state = joinStatus(full, pub)!;
    expect(state.status.percent).toBe(percent);
    expect(state.full !== null).toBe(details);
  });
});

describe("steps", () => {
  it("say what was measured and how far they are", () => {
    expect(stepViews(joinStatus(status(), null)!).map((step) => `${step.spoken}|${step.detail}`)).toEqual([
      "done|0.4 s",
      "under way|41 of 85 MB",
      "not yet|",
    ]);
  });
  it("round sizes that are kept to the byte", () => {
    const full = status();
    full.steps[0] = { ...full.steps[0]!, detail: "21079253 bytes" };
    expect(stepViews(joinStatus(full, null)!)[0]!.detail).toBe("21 MB · 0.4 s");
  });
  it("claim no detail of before when the gate knows that a step has gone on", () => {
    const next = seen({ updatedAt: LATER });
    next.steps[1]!.state = "done";
    const [, backup] = stepViews(joinStatus(status(), next)!);
    expect(backup).toMatchObject({ state: "done", detail: "" });
  });
  it("announce the step, not the percent", () => {
    expect(spokenProgress(seen({ percent: 20 }))).toBe("Backing up your data");
    expect(spokenProgress(seen({ percent: 21 }))).toBe("Backing up your data");
    expect(spokenProgress(seen({ steps: [] }))).toBe("Updating FilaOps to 1.1.0");
  });
});

it.each([
  [{ kind: "restore" }, "Restoring a backup", "Staying with the data you have", "A backup of FilaOps is being restored"],
  [
    { kind: "undo", undoes: "restore" },
    "Undoing the restore",
    "Staying with the restored data",
    "The restore of a backup is being undone",
  ],
  [
    { kind: "start_fresh" },
    "Starting fresh with FilaOps 1.1.0",
    "Staying with the data you have",
    "FilaOps is being started fresh",
  ],
  [
    { kind: "undo", undoes: "start_fresh" },
    "Undoing the fresh start",
    "Staying with the data entered since",
    "The fresh start of FilaOps is being undone",
  ],
] as const)("%o is called %s", (run, title, goingBack, bar) => {
  expect(runTitle(seen(run))).toBe(title);
  expect(runTitle(seen({ ...run, goingBack: true }))).toBe(goingBack);
  expect(barSentence(seen({ ...run, people: "all" }))).toBe(`${bar}; you can go on working.`);
  const full = status(run);
  expect(timeSentence({ status: full, full }, Date.parse(LATER) + 60_000)).not.toContain("update");
});

it.each([
  ["update", false, "Updating FilaOps to 1.1.0"],
  ["update", true, "Going back to the version you had"],
  ["undo", false, "Going back to FilaOps 1.1.0"],
  ["undo", true, "Staying on the version you have"],
] as const)("an %s, going back %s, is called %s", (kind, goingBack, title) => {
  expect(runTitle(seen({ kind, goingBack }))).toBe(title);
});

it("says to everybody what they can do, and never what the version is", () => {
  expect(barSentence(seen({ people: "all" }))).toBe("FilaOps is being updated; you can go on working.");
  expect(barSentence(seen({ people: "read" }))).toBe(
    "FilaOps is being updated; you can read, saving will work again in a moment.",
  );
  expect(barSentence(seen({ people: "held" }))).toMatch(/pages wait for a moment/);
  expect(barSentence(seen({ kind: "undo" }))).toMatch(/goes back to an earlier version/);
  expect(peopleSentence(seen({ people: "read" }))).toMatch(/go on reading/);
});

describe("time", () => {
  const at = (seconds: number) => Date.parse("2026-11-23T14:00:00.000Z") + seconds * 1000;
  const estimated = status({ estimateMs: 60_000, updatedAt: "2026-11-23T14:01:20.000Z" });
  it.each([
    ["nothing is known", status(), 12, null],
    ["there is time left", estimated, 20, "About 40 seconds left."],
    ["the estimate is nearly over", estimated, 60, "Nearly there."],
    ["the estimate is over", estimated, 90, "This takes longer than we measured. It is still under way: 41 of 85 MB."],
    ["it goes back", { ...estimated, goingBack: true }, 20, null],
  ])("when %s", (_name, full, seconds, words) => {
    expect(timeSentence({ status: full, full }, at(seconds))).toBe(words);
  });
  it("says when nothing was heard for longer than the lease", () => {
    expect(timeSentence({ status: status(), full: null }, at(10 + 40))).toMatch(
      /^Nothing was heard of the update for 40 seconds\./,
    );
  });
});
