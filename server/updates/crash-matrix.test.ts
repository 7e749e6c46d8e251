import { describe, expect, test } from "vitest";
import { AppError } from "../platform/errors.ts";
import type { JournalEntry, RunKind } from "./contract.ts";
import type { Journal } from "./journal.ts";
import { isCommitted } from "./rules/decide.ts";
import type { Engine } from "./engine.ts";
import { drive } from "./run.ts";
import type { Step } from "./step.ts";
import { stepsOf } from "./steps/index.ts";
import type { MemoryWorld } from "./testing/memory-world.ts";
import { HEADS, PowerCut } from "./testing/memory-disk.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan, testUndoPlan } from "./testing/plans.ts";

/**
 * Cuts the power at every moment of a run, with every step failing in turn, boots again until the run has ended, and asks whether the world is
 * whole. A new step joins by being in `stepsOf`.
 */

const RUN = "01KE6G00000000000000000000";
const planned: JournalEntry = {
  type: "planned",
  v: 1,
  run: RUN,
  plan: testPlan.id,
  kind: "update",
  from: "1.0.0",
  to: "1.1.0",
  actor: { kind: "operator" },
  idempotencyKey: "matrix-key",
  at: testPlan.createdAt,
};

type Fault = { step: string; when: "before" | "after" } | null;
type Case = { kind?: RunKind; fault: Fault; cuts: readonly number[]; finishAfter?: number };

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

async function play({ kind = "update", fault, cuts, finishAfter = 8 }: Case) {
  const plan = kind === "update" ? testPlan : testUndoPlan;
  const memory = createMemoryWorld({ finishAfter, installed: kind === "update" ? "1.0.0" : "1.1.0 after an update" });
  const entries: JournalEntry[] = [planned];
  const steps = stepsOf[plan.kind].map((step) => faulty(step, fault));
  const engine: Engine = {
    world: memory.world,
    run: RUN,
    plan,
    journal: journalOf(memory, entries),
    steps,
    silence: () => memory.world.databases.endBackends(RUN),
    cancelWish: () => Promise.resolve(null),
    changed: () => undefined,
  };
  for (const cut of [...cuts, Infinity]) {
    memory.cutAt(cut);
    memory.boot();
    try {
      const outcome = await drive(engine);
      return { memory, entries, outcome, kind };
    } catch (error) {
      const died = memory.moments() >= cut && (error instanceof PowerCut || (error as Error).cause instanceof PowerCut);
      if (!died) throw error;
    }
  }
  throw new Error("the run did not end");
}

/** How the databases are called when a run of this kind has ended, and which rows the live one began with. */
const WHOLE = {
  update: {
    committed: { version: "1.1.0", rows: ["first"], names: ["filaops", "filaops_kept"] },
    before: { version: "1.0.0", rows: ["first"], names: ["filaops"] },
  },
  undo: {
    committed: { version: "1.0.0", rows: ["first"], names: ["filaops", "filaops_put_aside"] },
    before: { version: "1.1.0", rows: ["first", "since"], names: ["filaops", "filaops_kept"] },
  },
} as const;

function expectWhole({ memory: { disk }, entries, outcome, kind }: Awaited<ReturnType<typeof play>>): void {
  const committed = isCommitted(entries);
  expect(outcome).toBeOneOf(committed ? ["complete"] : ["rolled_back", "failed"]);
  const { version, rows, names } = WHOLE[kind][committed ? "committed" : "before"];
  const live = disk.databases.find((database) => database.name === "filaops");
  expect(live).toMatchObject({ head: HEADS[version], connections: true });
  // Nothing that was acknowledged is lost, and nothing came twice; an undo goes back to before what was saved until its pause, as it said.
  const saved = disk.acknowledged.filter(({ oid }) => kind === "update" || !committed || oid === live?.oid);
  expect(live?.rows).toEqual([...rows, ...saved.map(({ row }) => row)]);
  expect(disk.fence).toBe("open");
  expect(disk.gate).toMatchObject({ mode: "proxy", target: { version } });
  expect(Object.values(disk.slots)).toMatchObject([{ slot: disk.gate.target?.slot, version, database: "filaops" }]); // and nothing else runs
  expect(disk.databases.map((database) => database.name).sort()).toEqual(names);
  expect(disk.unfinished).toEqual([]);
  if (kind === "update" && entries.some((entry) => entry.type === "started" && entry.step === "pause")) {
    expect(disk.backups.length).toBeGreaterThan(0);
  }
}

const faultsOf = (kind: RunKind): Fault[] => [
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
