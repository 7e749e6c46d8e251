import type { JournalEntry, Plan } from "../contract.ts";
import type { Engine } from "../engine.ts";
import { stepsOf } from "../steps/index.ts";
import type { MemoryWorld } from "./memory-world.ts";
import { testPlan } from "./plans.ts";

export const RUN = "01KE6G00000000000000000000";

/** The first line of the journal of such a plan's run. */
export function plannedEntry({ id, kind, from, to, createdAt }: Plan): JournalEntry {
  const actor = { kind: "operator" } as const;
  return { type: "planned", v: 1, run: RUN, plan: id, kind, from, to, actor, idempotencyKey: "memory-key", at: createdAt };
}

/** What a run in memory is driven with, an update unless the plan says otherwise; its journal is the given array. */
export function memoryEngine(memory: MemoryWorld, entries: JournalEntry[], changes: Partial<Engine> = {}): Engine {
  const plan = changes.plan ?? testPlan;
  return {
    world: memory.world,
    run: RUN,
    plan,
    journal: {
      entries: () => entries,
      append: (entry) => Promise.resolve(void entries.push(entry)),
      close: () => Promise.resolve(),
    },
    steps: stepsOf[plan.kind],
    silence: () => memory.world.databases.endBackends(RUN),
    cancelWish: () => Promise.resolve(null),
    changed: () => undefined,
    ...changes,
  };
}

/** A journal in words, without facts and details. */
export function wordsOf(entries: readonly JournalEntry[]): string[] {
  return entries.map((entry) => ("step" in entry ? `${entry.type} ${entry.step}` : entry.type));
}
