import { AppError } from "../../platform/errors.ts";
import type { Step } from "../step.ts";

/**
 * The commit point is the `done` line of this step and nothing else. What it does before is to look once more that the live name is
 * green's: with the line in the journal there is no way back but an undo of its own.
 */
export const commit: Step = {
  name: "commit",
  onInterrupt: "again",
  touches: true,

  async run({ world, plan, facts }) {
    const live = await world.databases.find(plan.database.live.name);
    if (live?.oid === facts().green?.oid) return undefined;
    throw new AppError("release-fell-over", { version: plan.to, reason: "the live database is not the new one" });
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.resolve(),
};
