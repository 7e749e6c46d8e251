import type { SlotName } from "../../deployment/contract.ts";
import { warmWaitMs } from "../rules/budget.ts";
import type { Step, StepContext } from "../step.ts";
import { startOf } from "./same-start.ts";

const POLL_MS = 50;

/**
 * The release is started twice while everybody still works, so that the pause need not wait for it to boot: once for the trial on green's database,
 * which is not there yet, and once in green's slot for the live name, whose schema is not its own yet. Both connect lazily and are not ready.
 * Whether a release starts at all is judged by `verify`, not here.
 */
export const warm: Step = {
  name: "warm",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, plan, record } = context;
    const begun = world.clock.monotonic();
    await world.driver.start("trial", plan.to, plan.database.green);
    await world.driver.start(plan.slots.green, plan.to, plan.database.live.name);
    await Promise.all([awaitAnswer(context, "trial"), awaitAnswer(context, plan.slots.green)]);
    const bootMs = Math.round(world.clock.monotonic() - begun);
    await record({ bootMs, greenStart: startOf((await world.driver.inspect())[plan.slots.green]) });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  async undo({ world, plan }) {
    await world.driver.stop("trial");
    await world.driver.stop(plan.slots.green);
  },
};

/** Waits until the instance answers anything, has ended, or the time is over. */
async function awaitAnswer({ world, plan, progress }: StepContext, slot: SlotName): Promise<void> {
  const begun = world.clock.monotonic();
  const withinMs = warmWaitMs(plan);
  for (;;) {
    const health = await world.driver.health(slot);
    const waited = world.clock.monotonic() - begun;
    const answers = health.kind === "ready" || (health.kind === "not-ready" && health.answer !== null);
    if (answers || health.kind === "stopped" || waited > withinMs) return;
    progress({ done: Math.round(waited / 1000), total: null, unit: "seconds" });
    await world.clock.sleep(POLL_MS);
  }
}
