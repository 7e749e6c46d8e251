import { AppError } from "../../platform/errors.ts";
import type { Step, StepContext } from "../step.ts";
import { targetOf } from "./targets.ts";

/** After the commit: the names are as they were committed, the fence opens, the gate takes writes. Repeated until done, never undone. */
export const open: Step = {
  name: "open",
  onInterrupt: "again",
  touches: true,

  async run(context) {
    const { world, plan, run, facts, record } = context;
    const { blue, green } = facts();
    if (blue === undefined || green === undefined) {
      throw new AppError("unexpected", { detail: "the journal does not name both databases" });
    }
    // A rename that was lost with a crash of PostgreSQL is redone before anybody can save into the wrong one.
    await world.databases.swap({ incoming: green.oid, outgoing: blue.oid, keptName: plan.database.kept, run });
    const target = await greenRunning(context);
    if (plan.endsSessions) await endSessions(context);
    await world.databases.openFence();
    await world.gate.set({ mode: "proxy", target, run: null });
    if (facts().openedAt === undefined) await record({ openedAt: world.clock.now().toISOString() });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.reject(new Error("a committed run is never undone")),
};

/** The new epoch is written down first, so that doing it again after a crash raises it no further. */
async function endSessions({ world: { sessionEpoch }, facts, record }: StepContext): Promise<void> {
  const epoch = facts().sessionEpoch ?? (await sessionEpoch.read()) + 1;
  if (facts().sessionEpoch === undefined) await record({ sessionEpoch: epoch });
  await sessionEpoch.raise(epoch);
}

/** Green in its slot, started again if it died since. */
async function greenRunning({ world, plan }: StepContext) {
  return targetOf(await world.driver.start(plan.slots.green, plan.to, plan.database.live.name));
}
