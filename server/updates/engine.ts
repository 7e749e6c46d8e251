import type { Actor } from "../platform/contract.ts";
import type { Facts, JournalEntry, Plan, Progress } from "./contract.ts";
import type { Journal } from "./journal.ts";
import { leashed } from "./leash.ts";
import { factsOf } from "./rules/status.ts";
import type { Step, StepContext } from "./step.ts";
import type { World } from "./world.ts";

/** What a run is driven with; everything that it decides comes from the journal. */
export type Engine = {
  world: World;
  run: string;
  plan: Plan;
  journal: Journal;
  steps: readonly Step[];
  /**
   * Ends what this run has at work in the database, whether a killed predecessor or a step that was given up began it, and waits until it is
   * gone (design 4: first silence, then ask).
   */
  silence: () => Promise<void>;
  /** Who wishes to cancel, if anybody does; looked at between steps, and every now and then in those before the pause. */
  cancelWish: () => Promise<Actor | null>;
  /** The journal grew, or the running step says how far it is. */
  changed: (progress: Progress | null) => void;
};

type Written = JournalEntry extends infer Entry ? (Entry extends { at: string } ? Omit<Entry, "at"> : never) : never;

/** The runner cannot go on: no step's error handling may swallow this, and the process ends with it. The next one goes by what is on the disk. */
export class RunnerFailure extends Error {}

/** Writes a line to the run's journal, now. Throws `RunnerFailure`. */
export async function append(engine: Engine, entry: Written): Promise<void> {
  try {
    await engine.journal.append({ ...entry, at: engine.world.clock.now().toISOString() });
  } catch (error) {
    throw new RunnerFailure("the journal could not be written", { cause: error });
  }
  engine.changed(null);
}

/**
 * What a step works with, until `ended`: from then on it can neither change the world nor write down anything, since the journal speaks of the
 * next thing already.
 */
export function contextOf(engine: Engine, ended: AbortSignal, alive?: () => void): StepContext {
  const write = async (entry: Written) => {
    ended.throwIfAborted();
    await append(engine, entry);
  };
  return {
    world: leashed(engine.world, ended),
    plan: engine.plan,
    run: engine.run,
    facts: () => factsOf(engine.journal.entries()),
    record: (fact: Facts) => write({ type: "fact", fact }),
    progress: (progress) => {
      if (ended.aborted) return;
      alive?.();
      engine.changed(progress);
    },
    warn: (problem) => write({ type: "warning", problem }),
    signal: ended,
  };
}

/** Does a piece of a step's work with a context of its own, which ends with it. */
export async function within<T>(engine: Engine, work: (context: StepContext) => Promise<T>): Promise<T> {
  const ended = new AbortController();
  try {
    return await work(contextOf(engine, ended.signal));
  } finally {
    ended.abort();
  }
}
