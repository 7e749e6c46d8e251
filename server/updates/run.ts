import type { Problem } from "../platform/contract.ts";
import { isObstructed } from "../platform/db-errors.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import type { Outcome, StepName } from "./contract.ts";
import type { Engine } from "./engine.ts";
import { RunnerFailure, append, within } from "./engine.ts";
import type { Journal } from "./journal.ts";
import type { Action } from "./rules/decide.ts";
import { decide, isCommitted, isGoingBack } from "./rules/decide.ts";
import { stepTitle } from "./rules/titles.ts";
import type { Step } from "./step.ts";
import { watched } from "./watched.ts";

/** How long PostgreSQL may be away, a disk full or a table locked, on the way back or after the commit, before what needs it counts as failed, in milliseconds. */
export const DATABASE_AWAY_MS = 15 * 60_000;
const ASK_AGAIN_MS = 500;
const OBSTRUCTED_AGAIN_MS = 2000;

/**
 * Drives the run to its end and returns how it ended. May be called again after a crash at any moment: it goes on from the journal.
 * Throws only when the journal itself cannot be written, the world cannot be silenced, or a step that was given up does not end; the caller's
 * process then ends and is started again.
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
    const work = () => watched(engine, step);
    detail = isCommitted(engine.journal.entries()) ? await withDatabase(engine, work) : await work();
  } catch (error) {
    if (error instanceof RunnerFailure) throw error;
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
  const done = await withDatabase(engine, () => within(engine, (context) => step.isDone(context)));
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
    await withDatabase(engine, () => within(engine, (context) => step.undo(context)));
  } catch (error) {
    if (error instanceof RunnerFailure) throw error;
    await append(engine, { type: "undo-failed", step: step.name, problem: toProblem(error) });
    return;
  }
  await append(engine, { type: "undone", step: step.name, ms: Math.round(clock.monotonic() - begun) });
}

/**
 * Does what must be done in the end, however long PostgreSQL is away or a disk is full (even dropping a database writes): what fails meanwhile is done again
 * when that is over, and only what fails without it has failed.
 */
async function withDatabase<T>(engine: Engine, work: () => Promise<T>): Promise<T> {
  const deadline = engine.world.clock.monotonic() + DATABASE_AWAY_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RunnerFailure) throw error;
      if (!(await waitedForOthers(engine, { error, deadline })) && !(await cameBack(engine, deadline))) throw error;
    }
  }
}

/** Whether it failed for somebody else's lock or a full disk; then a while has passed in which that may have ended. */
async function waitedForOthers(
  { world: { clock, log } }: Engine,
  { error, deadline }: { error: unknown; deadline: number },
): Promise<boolean> {
  if (!isObstructed(error) || clock.monotonic() > deadline) return false;
  log.warn({ err: error }, "a lock or a full disk is in the way; waiting until that is over");
  await clock.sleep(OBSTRUCTED_AGAIN_MS);
  return true;
}

/** Whether the database was away and has come back before the deadline. */
async function cameBack({ world: { clock, databases, log } }: Engine, deadline: number): Promise<boolean> {
  for (let away = false; ; away = true) {
    try {
      await databases.serverVersion();
      return away;
    } catch (error) {
      if (!isAppError(error, "service-unreachable") || clock.monotonic() > deadline) return false;
      log.warn({ err: error }, "PostgreSQL is away; waiting for it");
      await clock.sleep(ASK_AGAIN_MS);
    }
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
  if (outcome === "complete") await warnOfLeftovers(engine);
  await append(engine, {
    type: "finished",
    outcome,
    problem: problem ?? (outcome === "cancelled" ? new AppError("run-cancelled", {}).problem : null),
  });
  return outcome;
}

/** Cleaning up that failed is a warning (design 4, step 13), said once. */
async function warnOfLeftovers(engine: Engine): Promise<void> {
  const last = engine.journal
    .entries()
    .findLast((entry) => entry.type === "warning" || ("step" in entry && entry.step === "cleanup"));
  if (last?.type !== "failed") return;
  await append(engine, {
    type: "warning",
    problem: new AppError("cleanup-incomplete", { reason: last.problem.happened }).problem,
  });
}

/**
 * When a person is needed, reads stay on where the gate's target still answers; otherwise the page says what is true. A gate that is open for all
 * stays so: saving was not paused yet, or is safe again, and what could not be taken back is in nobody's way.
 */
async function readOnlyWherePossible({ world, run }: Engine): Promise<void> {
  try {
    const { state } = await world.gate.report();
    if (state.mode === "proxy") return;
    const health = state.target === null ? null : await world.driver.health(state.target.slot);
    await world.gate.set({ mode: health?.kind === "ready" ? "readOnly" : "maintenance", target: state.target, run });
  } catch (error) {
    world.log.error({ err: error }, "the gate could not be told that a person is needed");
  }
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
