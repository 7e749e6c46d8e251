import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalEntry, StepName } from "../contract.ts";
import { testPlan } from "../testing/plans.ts";
import { stepsOf } from "../steps/index.ts";
import type { Action } from "./decide.ts";
import { ATTEMPTS, MAX_ENTRIES, decide, isCommitted } from "./decide.ts";

const rules = stepsOf.update;
const at = testPlan.createdAt;
const problem = { code: "x", happened: "x", meaning: "x", todo: "x" };
const started = (step: StepName): JournalEntry => ({ type: "started", step, at });
const done = (step: StepName): JournalEntry => ({ type: "done", step, ms: 1, at });
const failed = (step: StepName): JournalEntry => ({ type: "failed", step, problem, at });
const undone = (step: StepName): JournalEntry => ({ type: "undone", step, ms: 1, at });
const undoFailed = (step: StepName): JournalEntry => ({ type: "undo-failed", step, problem, at });
const cancelled: JournalEntry = { type: "cancelled", by: { kind: "operator" }, at };
const ran = (...steps: StepName[]) => steps.flatMap((step) => [started(step), done(step)]);
const upToCommit = ran(...rules.map((rule) => rule.name).slice(0, -2));

const table: [string, JournalEntry[], Action][] = [
  ["begins with the first step", [], { do: "run", step: "preflight", attempt: 0 }],
  ["goes on with the next", ran("preflight"), { do: "run", step: "download", attempt: 0 }],
  [
    "asks the world about a step that a crash fell into",
    [started("preflight")],
    { do: "check", step: "preflight", ifNot: "again" },
  ],
  [
    "asks the world about a copy, and goes back if it is not done",
    [...ran("preflight", "download", "backup", "pause"), started("copy")],
    { do: "check", step: "copy", ifNot: "go-back" },
  ],
  [
    "does not begin a step again for ever",
    [
      started("preflight"),
      ...Array.from({ length: ATTEMPTS.again }, (): JournalEntry[] => [
        { type: "again", step: "preflight", at },
        started("preflight"),
      ]).flat(),
    ],
    { do: "check", step: "preflight", ifNot: "go-back" },
  ],
  [
    "undoes the failed step first",
    [...ran("preflight"), started("download"), failed("download")],
    { do: "undo", step: "download", attempt: 0 },
  ],
  [
    "then the one before",
    [...ran("preflight"), started("download"), failed("download"), undone("download")],
    { do: "undo", step: "preflight", attempt: 0 },
  ],
  [
    "has failed when nothing was touched",
    [started("preflight"), failed("preflight"), undone("preflight")],
    { do: "finish", outcome: "failed" },
  ],
  [
    "was cancelled when somebody wished so before the pause",
    [...ran("preflight"), cancelled, undone("preflight")],
    { do: "finish", outcome: "cancelled" },
  ],
  [
    "is rolled back when something was touched",
    [started("preflight"), done("preflight"), started("pause"), failed("pause"), undone("pause"), undone("preflight")],
    { do: "finish", outcome: "rolled_back" },
  ],
  [
    "calls a person when an undo fails too often",
    [started("pause"), failed("pause"), ...Array.from({ length: ATTEMPTS.undo }, () => undoFailed("pause"))],
    { do: "finish", outcome: "needs_attention" },
  ],
  ["opens after the commit", upToCommit, { do: "run", step: "open", attempt: 0 }],
  [
    "tries again what fails after the commit",
    [...upToCommit, started("open"), failed("open")],
    { do: "run", step: "open", attempt: 1 },
  ],
  [
    "calls a person when it cannot be opened",
    [...upToCommit, ...Array.from({ length: ATTEMPTS.afterCommit }, () => [started("open"), failed("open")]).flat()],
    { do: "finish", outcome: "needs_attention" },
  ],
  [
    "is complete although cleaning up failed",
    [
      ...upToCommit,
      ...ran("open"),
      ...Array.from({ length: ATTEMPTS.cleanup }, () => [started("cleanup"), failed("cleanup")]).flat(),
    ],
    { do: "finish", outcome: "complete" },
  ],
  ["is complete when all is done", [...upToCommit, ...ran("open", "cleanup")], { do: "finish", outcome: "complete" }],
  ["does nothing once finished", [{ type: "finished", outcome: "failed", problem, at }], { do: "nothing" }],
  [
    "stops a loop",
    Array.from({ length: MAX_ENTRIES }, (): JournalEntry => ({ type: "runner", pid: 1, at })),
    { do: "finish", outcome: "needs_attention" },
  ],
];

describe("the decision", () => {
  test.each(table)("%s", (_name, journal, action) => {
    expect(decide(journal, rules)).toEqual(action);
  });

  const anyStep = fc.constantFrom(...rules.map((rule) => rule.name));
  const anyEntry = fc.oneof(
    anyStep.map(started),
    anyStep.map(done),
    anyStep.map(failed),
    anyStep.map(undone),
    anyStep.map(undoFailed),
    anyStep.map((step): JournalEntry => ({ type: "again", step, at })),
    anyStep.map((step): JournalEntry => ({ type: "undoing", step, at })),
    fc.constant(cancelled),
    fc.constant<JournalEntry>({ type: "runner", pid: 1, at }),
  );
  const anyJournal = fc.array(anyEntry, { maxLength: 60 });

  test("never says undo once commit is in the journal, however odd the journal is", () => {
    fc.assert(
      fc.property(anyJournal, anyJournal, (before, after) => {
        const journal = [...before, done("commit"), ...after];
        expect(isCommitted(journal)).toBe(true);
        const action = decide(journal, rules);
        expect(action.do).not.toBe("undo");
        if (action.do === "check") expect(action.ifNot).toBe("again");
        if (action.do === "finish") expect(action.outcome).not.toBeOneOf(["rolled_back", "failed", "cancelled"]);
      }),
      { numRuns: 2000 },
    );
  });

  test("never runs a further step after a failure without a commit", () => {
    fc.assert(
      fc.property(anyJournal, anyStep, (entries, step) => {
        const journal = [...entries.filter((entry) => !(entry.type === "done" && entry.step === "commit")), failed(step)];
        expect(decide(journal, rules).do).toBeOneOf(["undo", "finish"]);
      }),
      { numRuns: 2000 },
    );
  });

  test("undoes only what was started", () => {
    fc.assert(
      fc.property(anyJournal, (journal) => {
        const action = decide(journal, rules);
        if (action.do === "undo") {
          expect(journal.some((entry) => entry.type === "started" && entry.step === action.step)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
