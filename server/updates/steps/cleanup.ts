import type { Step } from "../step.ts";
import { removeOldBackups } from "./retain.ts";

/** What runs is written down for whoever starts it without us, blue's instance ends, old backups go by the rule, the reserved space is given back. Blue's database and release are kept for an undo. */
export const cleanup: Step = {
  name: "cleanup",
  onInterrupt: "again",
  touches: true,

  async run(context) {
    const { world, plan } = context;
    // What shall run from now on is written down before what ran before ends: a reboot in between must not bring blue back alone.
    await world.driver.settle(plan.slots.green, plan.to);
    // What was updated from may be wanted back, and from here on nothing runs of it.
    if (plan.undoes === null) await world.driver.keep(plan.from);
    await world.driver.stop(plan.slots.blue);
    await removeOldBackups(context);
    await world.ballast.release();
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.reject(new Error("a committed run is never undone")),
};
