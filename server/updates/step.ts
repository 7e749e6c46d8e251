import type { Problem } from "../platform/contract.ts";
import type { Facts, Plan, Progress } from "./contract.ts";
import type { StepRule } from "./rules/decide.ts";
import type { World } from "./world.ts";

/** What a step is given: the world, its plan, the facts so far, and ways to write down. */
export type StepContext = {
  world: World;
  plan: Plan;
  run: string;
  /** The facts of the journal, those of this step's own included. */
  facts: () => Facts;
  /** Writes facts to the journal, durably, before it returns. */
  record: (fact: Facts) => Promise<void>;
  progress: (progress: Progress) => void;
  warn: (problem: Problem) => Promise<void>;
  /** Aborted when the step is given up (no progress) or, before the pause, the run is cancelled; the world answers nothing from then on. */
  signal: AbortSignal;
};

/**
 * One unit of a run. `run` may find any part of itself done already; `isDone` asks the world, not the journal; `undo` must bear
 * being called when nothing, half or all of it happened, and more than once.
 */
export type Step = StepRule & {
  /** Returns a short detail for the log, or nothing. */
  run: (context: StepContext) => Promise<string | undefined>;
  isDone: (context: StepContext) => Promise<boolean>;
  undo: (context: StepContext) => Promise<void>;
};
