import type { Actor, Problem } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import type { Facts, JournalEntry, Outcome, Plan, Progress, StepName } from "./contract.ts";
import type { Journal } from "./journal.ts";
import type { Action } from "./rules/decide.ts";
import { decide, isCommitted, isGoingBack } from "./rules/decide.ts";
import { factsOf } from "./rules/status.ts";
import { stepTitle } from "./rules/titles.ts";
import type { Step, StepContext } from "./step.ts";
import type { World } from "./world.ts";

/** What a run is driven with; everything that it decides comes from the journal. */
export type Engine = {
  world: World;
  run: string;
  plan: Plan;
  journal: Journal;
  steps: readonly Step[];
  /** Ends what a killed predecessor left running in the database, and waits until it is gone (design 4: first silence, then ask). */
  silence: () => Promise<void>;
  /** Who wishes to cancel, if anybody does; looked at between steps, and every now and then in those before the pause. */
  cancelWish: () => Promise<Actor | null>;
  /** The journal grew, or the running step says how far it is. */
  changed: (progress: Progress | null) => void;
};

/** How long a step may be without any sign of progress before it is given up, in milliseconds. */
export const STALL_MS = { default: 120_000, beforePause: 600_000 } as const;

/**
 * Drives the run to its end and returns how it ended. May be called again after a crash at any moment: it goes on from the journal.
 * Throws only when the journal itself cannot be written, or the world cannot be silenced; the caller's process then ends and is started again.
 */
export async function drive(engine: Engine): Promise<Outcome> {
  if (engine.journal.entries().some((entry) => entry.type === "started")) await engine.silence();
  for (;;) {
    const action = decide(engine.journal.entries(), engine.steps);
    if (action.do === "nothing") return outcomeOf(engine.journal);
    if (action.do === "finish") return await finish(engine, action.outcome);
    if (action.do === "run" && (await cancelled(engine, action.step))) continue;
    await act(engine, action);
  }
}

async function act(engine: Engine, action: Extract<Action, { step: StepName }>): Promise<void> {
  const step = stepOf(engine, action.step);
  if (action.do === "check") await checkStep(engine, step, action.ifNot);
  else if (action.do === "undo") await undoStep(engine, step, action.attempt);
  else await runStep(engine, step, action.attempt);
}

async function runStep(engine: Engine, step: Step, attempt: number): Promise<void> {
  const { clock } = engine.world;
  if (attempt > 0) await clock.sleep(backOff(attempt));
  await append(engine, { type: "started", step: step.name });
  const begun = clock.monotonic();
  let detail: string | undefined;
  try {
    detail = await watched(engine, step);
  } catch (error) {
    if (error instanceof JournalFailure) throw error;
    // What a wish to cancel broke off has not failed.
    if (await cancelled(engine, step.name)) return;
    await append(engine, { type: "failed", step: step.name, problem: toProblem(error) });
    return;
  }
  const ms = Math.round(clock.monotonic() - begun);
  const done = { type: "done", step: step.name, ms, ...(detail === undefined ? {} : { detail }) } as const;
  if (step.name !== "commit") return append(engine, done);
  try {
    await append(engine, done); // the commit point: this one durable line
  } catch (error) {
    // The line was taken back, so nothing is committed; if even this cannot be written, the process ends and the next one reads the truth.
    await append(engine, { type: "failed", step: step.name, problem: toProblem(error) });
  }
}

async function checkStep(engine: Engine, step: Step, ifNot: "again" | "go-back"): Promise<void> {
  const done = await step.isDone(contextOf(engine, new AbortController().signal));
  if (done) await append(engine, { type: "done", step: step.name, ms: 0 });
  else if (ifNot === "again") await append(engine, { type: "again", step: step.name });
  else {
    const problem = new AppError("interrupted", { step: stepTitle(step.name, engine.plan) }).problem;
    await append(engine, { type: "failed", step: step.name, problem });
  }
}

async function undoStep(engine: Engine, step: Step, attempt: number): Promise<void> {
  const { clock } = engine.world;
  if (attempt > 0) await clock.sleep(backOff(attempt));
  await append(engine, { type: "undoing", step: step.name });
  const begun = clock.monotonic();
  try {
    await step.undo(contextOf(engine, new AbortController().signal));
  } catch (error) {
    if (error instanceof JournalFailure) throw error;
    await append(engine, { type: "undo-failed", step: step.name, problem: toProblem(error) });
    return;
  }
  await append(engine, { type: "undone", step: step.name, ms: Math.round(clock.monotonic() - begun) });
}

/** Runs a step under its watchdog (no progress for too long ends it) and, before the pause, under the wish to cancel. */
async function watched(engine: Engine, step: Step): Promise<string | undefined> {
  const { clock } = engine.world;
  const controller = new AbortController();
  const ended = new AbortController();
  const limit = step.touches ? STALL_MS.default : STALL_MS.beforePause;
  let lastSign = clock.monotonic();
  const context = contextOf(engine, controller.signal, () => (lastSign = clock.monotonic()));

  const watchdog = async (): Promise<never> => {
    for (;;) {
      await clock.sleep(1000, ended.signal);
      if (!step.touches && (await engine.cancelWish()) !== null) controller.abort();
      if (clock.monotonic() - lastSign <= limit) continue;
      controller.abort();
      throw new AppError("step-too-long", { step: stepTitle(step.name, engine.plan), seconds: Math.round(limit / 1000) });
    }
  };
  const work = step.run(context);
  const watch = watchdog();
  watch.catch(() => undefined); // ends with an abort as soon as the work has ended
  try {
    return await Promise.race([work, watch]);
  } finally {
    ended.abort();
    work.catch(() => undefined);
    engine.changed(null);
  }
}

/** Writes `cancelled` when somebody wishes so and nothing was touched yet. */
async function cancelled(engine: Engine, next: StepName): Promise<boolean> {
  const entries = engine.journal.entries();
  const touched = engine.steps.some(
    (step) => step.touches && entries.some((entry) => entry.type === "started" && entry.step === step.name),
  );
  if (touched || isGoingBack(entries) || isCommitted(entries)) return false;
  const by = await engine.cancelWish();
  if (by === null || next === "commit") return false;
  await append(engine, { type: "cancelled", by });
  return true;
}

async function finish(engine: Engine, outcome: Outcome): Promise<Outcome> {
  const entries = engine.journal.entries();
  const failed = entries.find((entry) => entry.type === "failed");
  const undoFailed = entries.findLast((entry) => entry.type === "undo-failed");
  const problem: Problem | null =
    outcome === "complete" ? null : ((outcome === "needs_attention" ? (undoFailed ?? failed) : failed)?.problem ?? null);
  if (outcome === "needs_attention") await readOnlyWherePossible(engine);
  await append(engine, {
    type: "finished",
    outcome,
    problem: problem ?? (outcome === "cancelled" ? new AppError("run-cancelled", {}).problem : null),
  });
  return outcome;
}

/** When a person is needed, reads stay on where the gate's target still answers; otherwise the page says what is true. */
async function readOnlyWherePossible({ world, run }: Engine): Promise<void> {
  try {
    const { state } = await world.gate.report();
    const health = state.target === null ? null : await world.driver.health(state.target.slot);
    await world.gate.set({ mode: health?.kind === "ready" ? "readOnly" : "maintenance", target: state.target, run });
  } catch (error) {
    world.log.error({ err: error }, "the gate could not be told that a person is needed");
  }
}

function contextOf(engine: Engine, signal: AbortSignal, alive?: () => void): StepContext {
  return {
    world: engine.world,
    plan: engine.plan,
    run: engine.run,
    facts: () => factsOf(engine.journal.entries()),
    record: (fact: Facts) => append(engine, { type: "fact", fact }),
    progress: (progress) => {
      alive?.();
      engine.changed(progress);
    },
    warn: (problem) => append(engine, { type: "warning", problem }),
    signal,
  };
}

type Written = JournalEntry extends infer Entry ? (Entry extends { at: string } ? Omit<Entry, "at"> : never) : never;

/** The journal could not be written: no step may go on, and no step's error handling may swallow it. */
class JournalFailure extends Error {}

async function append(engine: Engine, entry: Written): Promise<void> {
  try {
    await engine.journal.append({ ...entry, at: engine.world.clock.now().toISOString() });
  } catch (error) {
    throw new JournalFailure("the journal could not be written", { cause: error });
  }
  engine.changed(null);
}

function stepOf(engine: Engine, name: StepName): Step {
  const step = engine.steps.find((candidate) => candidate.name === name);
  if (step === undefined) throw new Error(`no step ${name}`); // decide only names steps of the same array
  return step;
}

function outcomeOf(journal: Journal): Outcome {
  const finished = journal.entries().findLast((entry) => entry.type === "finished");
  return finished?.outcome ?? "needs_attention";
}

/** 200 ms, doubling, 5 s at most. */
function backOff(attempt: number): number {
  return Math.min(5000, 100 * 2 ** attempt);
}
