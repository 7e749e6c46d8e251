import { AppError } from "../platform/errors.ts";
import type { Engine } from "./engine.ts";
import { RunnerFailure, contextOf } from "./engine.ts";
import { budgetMs } from "./rules/budget.ts";
import { stepTitle } from "./rules/titles.ts";
import type { Step } from "./step.ts";

const LOOK_MS = 1000;
/** How long a step that was given up may take to let go, in milliseconds: longer than any of its calls waits for an answer. */
const LET_GO_MS = 90_000;

/**
 * Runs a step under its watchdog (no sign of progress within its budget ends it, `step-too-long`) and, before the pause, under the wish to
 * cancel. When it returns or throws, nothing of the step goes on: a step that does not let go is the end of this process.
 */
export async function watched(engine: Engine, step: Step): Promise<string | undefined> {
  const { clock } = engine.world;
  const [ending, over] = [new AbortController(), new AbortController()];
  const limit = budgetMs(step.name, { bytes: engine.plan.database.bytes, estimate: engine.plan.estimate });
  let lastSign = clock.monotonic();
  const alive = () => {
    lastSign = clock.monotonic();
  };
  const work = step.run(contextOf(engine, ending.signal, alive)).finally(() => {
    over.abort();
  });
  work.catch(() => undefined); // looked at below, when it is over
  const isOver = () => over.signal.aborted;
  try {
    while (!isOver()) {
      await clock.sleep(LOOK_MS, over.signal).catch(() => undefined);
      if (!step.touches && (await engine.cancelWish().catch(() => null)) !== null) ending.abort();
      if (isOver() || clock.monotonic() - lastSign <= limit) continue;
      const late = new AppError("step-too-long", { step: stepTitle(step.name, engine.plan), seconds: Math.round(limit / 1000) });
      ending.abort(late);
      await letGo(engine, step, over.signal);
      throw await work.then(
        () => late,
        (error: unknown) => (error instanceof RunnerFailure ? error : late),
      );
    }
    return await work;
  } finally {
    ending.abort();
    engine.changed(null);
  }
}

/** Ends what the step has at work, until it has let go. What it began must not go on beside its own undo. */
async function letGo(engine: Engine, step: Step, over: AbortSignal): Promise<void> {
  const { clock } = engine.world;
  const deadline = clock.monotonic() + LET_GO_MS;
  for (let isOver = false; !isOver;) {
    isOver = over.aborted;
    await engine.silence().catch((error: unknown) => {
      throw new RunnerFailure(`what the step ${step.name} has at work could not be ended`, { cause: error });
    });
    if (!isOver && clock.monotonic() > deadline) throw new RunnerFailure(`the step ${step.name} was given up and does not end`);
    await clock.sleep(LOOK_MS, over).catch(() => undefined);
  }
}
