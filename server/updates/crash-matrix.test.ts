import { describe, expect, test } from "vitest";
import { AppError } from "../platform/errors.ts";
import type { JournalEntry } from "./contract.ts";
import type { Journal } from "./journal.ts";
import { drive } from "./run.ts";
import type { Step } from "./step.ts";
import { stepsOf } from "./steps/index.ts";
import { memoryEngine, plannedEntry } from "./testing/memory-run.ts";
import type { MemoryWorld } from "./testing/memory-world.ts";
import { PowerCut } from "./testing/memory-disk.ts";
import type { ChangeKind, JobKind } from "./testing/memory-wholeness.ts";
import { expectSafe, expectWhole } from "./testing/memory-wholeness.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testBackupPlan, testDrillPlan, testFreshPlan, testPlan, testRestorePlan, testUndoPlan } from "./testing/plans.ts";

/**
 * Cuts the power at every moment of a run, with every step failing in turn, boots again until the run has ended, and asks whether the world is
 * whole. A new step joins by being in `stepsOf`.
 */

type Fault = { step: string; when: "before" | "after" } | null;
/** A step that cannot be taken back, at first or ever. */
type UndoFault = { step: string; when: "before" | "after"; times: number };
type Case = {
  kind?: ChangeKind | JobKind;
  fault: Fault;
  undoFault?: UndoFault | null;
  cuts: readonly number[];
  finishAfter?: number;
};

function journalOf(memory: MemoryWorld, entries: JournalEntry[]): Journal {
  return {
    entries: () => entries,
    append: (entry) => memory.moment(() => void entries.push(entry)),
    close: () => Promise.resolve(),
  };
}

/** A step that fails when it is run, before it did anything or after it did everything. After the commit it fails three times, then works. */
function faulty(step: Step, fault: Fault): Step {
  if (fault?.step !== step.name) return step;
  let left = step.name === "open" || step.name === "cleanup" ? 2 : Infinity;
  return {
    ...step,
    run: async (context) => {
      left -= 1;
      if (left < 0) return step.run(context);
      if (fault.when === "after") await step.run(context);
      throw new AppError("unexpected", { detail: "injected" });
    },
  };
}

function faultyUndo(step: Step, fault: UndoFault | null): Step {
  if (fault?.step !== step.name) return step;
  let left = fault.times;
  return {
    ...step,
    undo: async (context) => {
      left -= 1;
      if (left < 0 || fault.when === "after") await step.undo(context);
      if (left >= 0) throw new AppError("unexpected", { detail: "injected on the way back" });
    },
  };
}

const PLANS = {
  update: testPlan,
  undo: testUndoPlan,
  restore: testRestorePlan,
  start_fresh: testFreshPlan,
  backup: testBackupPlan,
  drill: testDrillPlan,
};

async function play({ kind = "update", fault, undoFault = null, cuts, finishAfter = 8 }: Case) {
  const plan = PLANS[kind];
  const memory = createMemoryWorld({ finishAfter, installed: kind === "undo" ? "1.1.0 after an update" : "1.0.0" });
  const entries: JournalEntry[] = [plannedEntry(plan)];
  const steps = stepsOf[plan.kind].map((step) => faultyUndo(faulty(step, fault), undoFault));
  const engine = memoryEngine(memory, entries, { plan, steps, journal: journalOf(memory, entries) });
  for (const cut of [...cuts, Infinity]) {
    memory.cutAt(cut);
    memory.boot();
    try {
      const outcome = await drive(engine);
      return { memory, disk: memory.disk, entries, outcome, kind };
    } catch (error) {
      const died = memory.moments() >= cut && (error instanceof PowerCut || (error as Error).cause instanceof PowerCut);
      if (!died) throw error;
    }
  }
  throw new Error("the run did not end");
}

const faultsOf = (kind: ChangeKind | JobKind): Fault[] => [
  null,
  ...stepsOf[kind].flatMap((step) => (["before", "after"] as const).map((when) => ({ step: step.name, when }))),
];

describe("a run whose power is cut", () => {
  test("ends complete when it is left alone", async () => {
    const result = await play({ fault: null, cuts: [] });
    expect(result.outcome).toBe("complete");
    expectWhole(result);
  });

  test.each(faultsOf("update"))("at every moment, with the fault %o, ends whole or as before", async (fault) => {
    const moments = (await play({ fault, cuts: [] })).memory.moments();
    expect(moments).toBeGreaterThan(10);
    for (let cut = 1; cut <= moments; cut += 1) expectWhole(await play({ fault, cuts: [cut] }));
  });

  test.each(faultsOf("undo"))("in an undo, at every moment, with the fault %o, ends whole or as before", async (fault) => {
    const moments = (await play({ kind: "undo", fault, cuts: [] })).memory.moments();
    for (let cut = 1; cut <= moments; cut += 1) expectWhole(await play({ kind: "undo", fault, cuts: [cut] }));
  });

  test.each(faultsOf("restore"))("in a restore, at every moment, with the fault %o, ends whole or as before", async (fault) => {
    const moments = (await play({ kind: "restore", fault, cuts: [] })).memory.moments();
    for (let cut = 1; cut <= moments; cut += 1) expectWhole(await play({ kind: "restore", fault, cuts: [cut] }));
  });

  // Its steps are those of the others but for two: all moments without a fault, and with the faults together.
  const ofFresh = faultsOf("start_fresh").map((fault, index) => ({ fault, begin: 1 + (index % 3), gap: fault === null ? 1 : 3 }));
  test.each(ofFresh)("in a fresh start, with the fault $fault, ends whole or as before", async ({ fault, begin, gap }) => {
    const moments = (await play({ kind: "start_fresh", fault, cuts: [] })).memory.moments();
    for (let cut = begin; cut <= moments; cut += gap) expectWhole(await play({ kind: "start_fresh", fault, cuts: [cut] }));
  });

  const jobs = (["backup", "drill"] as const).flatMap((kind) => faultsOf(kind).map((fault) => ({ kind, fault })));
  test.each(jobs)(
    "in a job beside ($kind), at every moment, with the fault $fault, leaves all as it was",
    async ({ kind, fault }) => {
      const moments = (await play({ kind, fault, cuts: [] })).memory.moments();
      for (let cut = 1; cut <= moments; cut += 1) expectWhole(await play({ kind, fault, cuts: [cut] }));
    },
  );

  test.each([1, 4, 12, 20, 30])(
    "while the database goes on with what a killed client asked, done %i calls later",
    async (finishAfter) => {
      const moments = (await play({ fault: null, cuts: [] })).memory.moments();
      for (let cut = 1; cut <= moments; cut += 1) expectWhole(await play({ fault: null, cuts: [cut], finishAfter }));
    },
  );

  test("twice, the second time while it recovers, ends whole or as before", async () => {
    const moments = (await play({ fault: null, cuts: [] })).memory.moments();
    for (let first = 1; first <= moments; first += 3) {
      for (let second = first + 1; second <= first + 24; second += 1) {
        expectWhole(await play({ fault: null, cuts: [first, second] }));
      }
    }
  });

  test("inside the way back, at every moment of it, and once more after that", async () => {
    const fault = { step: "observe", when: "before" } as const;
    const moments = (await play({ fault, cuts: [] })).memory.moments();
    for (let first = Math.floor(moments / 2); first <= moments; first += 1) {
      for (const gap of [1, 2, 5, 9]) expectWhole(await play({ fault, cuts: [first, first + gap] }));
    }
  });
});

describe("a step that cannot be taken back", () => {
  const undone = (kind: ChangeKind) => stepsOf[kind].slice(0, stepsOf[kind].findIndex(({ name }) => name === "observe") + 1);
  const ofFresh = undone("start_fresh").filter(({ name }) => name === "lay-empty" || name === "carry-over");
  const kinds = [
    ...(["update", "undo", "restore"] as const).map((kind) => ({ kind, steps: undone(kind) })),
    { kind: "start_fresh" as const, steps: ofFresh },
  ];
  const cases = kinds.flatMap(({ kind, steps }) =>
    steps.flatMap(({ name: step }) => (["before", "after"] as const).map((when) => ({ kind, step, when }))),
  );
  const fault = { step: "observe", when: "before" } as const;

  test.each(cases)(
    "at first ($kind, $step, $when), is taken back in the end, wherever the power is cut",
    async ({ kind, ...undo }) => {
      const undoFault = { ...undo, times: 2 };
      const alone = await play({ kind, fault, undoFault, cuts: [] });
      expect(alone.entries.filter((entry) => entry.type === "undo-failed")).toHaveLength(2);
      const moments = alone.memory.moments();
      for (let cut = Math.floor(moments / 3); cut <= moments; cut += 2) {
        expectWhole(await play({ kind, fault, undoFault, cuts: [cut] }));
      }
    },
  );

  test.each(cases)(
    "ever ($kind, $step, $when), needs a person and loses nothing, wherever the power is cut",
    async ({ kind, ...undo }) => {
      const undoFault = { ...undo, times: Infinity };
      const alone = await play({ kind, fault, undoFault, cuts: [] });
      expectSafe(alone);
      const moments = alone.memory.moments();
      for (let cut = Math.floor(moments / 3); cut <= moments; cut += 3) {
        // A cut before the step began leaves nothing of it to be taken back.
        const ended = await play({ kind, fault, undoFault, cuts: [cut] });
        if (ended.outcome === "needs_attention") expectSafe(ended);
        else expectWhole(ended);
      }
    },
  );
});
