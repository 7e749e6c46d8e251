import type { SlotName } from "../../deployment/contract.ts";
import type { Step, StepContext } from "../step.ts";

/** How long the release may take to start before the pause begins without waiting any longer, in milliseconds. */
const WARM_MS = 20_000;
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
    const { world, plan } = context;
    await world.driver.start("trial", plan.to, plan.database.green);
    await world.driver.start(plan.slots.green, plan.to, plan.database.live.name);
    await Promise.all([awaitAnswer(context, "trial"), awaitAnswer(context, plan.slots.green)]);
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  async undo({ world, plan }) {
    await world.driver.stop("trial");
    await world.driver.stop(plan.slots.green);
  },
};

/** Waits until the instance answers anything, has ended, or the time is over. */
async function awaitAnswer({ world, progress, signal }: StepContext, slot: SlotName): Promise<void> {
  const begun = world.clock.monotonic();
  for (;;) {
    const health = await world.driver.health(slot);
    const waited = world.clock.monotonic() - begun;
    const answers = health.kind === "ready" || (health.kind === "not-ready" && health.answer !== null);
    if (answers || health.kind === "stopped" || waited > WARM_MS || signal.aborted) return;
    progress({ done: Math.round(waited / 1000), total: null, unit: "seconds" });
    await world.clock.sleep(POLL_MS);
  }
}
