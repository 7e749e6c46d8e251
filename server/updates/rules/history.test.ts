import { describe, expect, test } from "vitest";
import type { JournalEntry, Outcome } from "../contract.ts";
import { RUN, plannedEntry } from "../testing/memory-run.ts";
import { testPlan, testUndoPlan } from "../testing/plans.ts";
import { undoEnd } from "./expired.ts";
import type { Standing } from "./history.ts";
import { historyItem } from "./history.ts";
import type { RunRecord, Swap } from "./installation.ts";

const at = "2026-01-05T08:00:00.000Z";
const after = (minutes: number) => new Date(Date.parse(at) + minutes * 60_000);
const DAY = 24 * 60;

const problem = { code: "x", happened: "It rained.", meaning: "Nothing.", todo: "Wait." };
const finished = (outcome: Outcome): JournalEntry => ({ type: "finished", outcome, problem: null, at: after(2).toISOString() });
const record = (...journal: JournalEntry[]): RunRecord => ({
  run: RUN,
  plan: testPlan,
  journal: [plannedEntry(testPlan), ...journal],
  damage: null,
});

const top: Swap = {
  run: RUN,
  from: { version: "1.0.0", schemaHead: "1_init", slot: "blue" },
  kept: { name: "filaops_kept", oid: 10 },
  at,
};
const standing: Standing = { top, sound: true, undoDays: 7, now: after(60) };
const other = { ...top, run: "01KE6H00000000000000000000" };

describe("whether a run can be undone", () => {
  const complete = record(finished("complete"));
  const until = undoEnd(at, 7).toISOString();
  const table: [string, RunRecord, Partial<Standing>, string | null, RegExp | null][] = [
    ["the newest one, within its time", complete, {}, until, null],
    ["at the last moment of it", complete, { now: after(7 * DAY) }, until, null],
    ["a moment later", complete, { now: new Date(after(7 * DAY).getTime() + 1) }, null, /^The time for undoing it is over\.$/],
    ["one that another stands on", complete, { top: other }, null, /on top of it/],
    ["when there is nothing to undo", complete, { top: undefined }, null, /undone already/],
    ["while a journal is damaged", complete, { sound: false }, null, /damaged/],
    ["one that is under way", record(), { top: undefined }, null, /still running/],
    ["one that went back", record(finished("rolled_back")), { top: undefined }, null, /nothing to undo/],
    ["an undo", { ...complete, plan: testUndoPlan }, { top: undefined }, null, /update to it/],
  ];
  test.each(table)("%s", (_, run, changes, undoableUntil, reason) => {
    const item = historyItem(run, { ...standing, ...changes });
    expect(item.undoableUntil).toBe(undoableUntil);
    if (reason === null) expect(item.notUndoable).toBeNull();
    else expect(item.notUndoable).toMatch(reason);
  });
});

test("an item says how long it took, by whom it was started, and what did not work out although it is complete", () => {
  const item = historyItem(record({ type: "warning", problem, at }, finished("complete")), standing);
  expect(item).toMatchObject({
    outcome: "complete",
    durationMs: 120_000,
    startedBy: "the command line",
    warnings: [problem],
    problem: null,
  });
});

describe("a run whose journal is damaged", () => {
  test("is a finding, with what can be read of it", () => {
    const item = historyItem({ ...record(finished("complete")), damage: problem }, { ...standing, sound: false });
    expect(item).toMatchObject({ outcome: "complete", problem, durationMs: 120_000 });
  });

  test("waits for a person when its end cannot be read", () => {
    const item = historyItem({ ...record(), damage: problem }, { ...standing, sound: false });
    expect(item).toMatchObject({ outcome: "needs_attention", seedStatus: "needs_attention", problem, finishedAt: null });
  });
});
