import type { Step } from "../step.ts";

/** Before another database takes the live one's place: its sequences move up to those of the one it replaces, so that no number is given twice. */
export const prepare: Step = {
  name: "prepare",
  onInterrupt: "again",
  touches: true,

  async run({ world, plan }) {
    await world.databases.raiseSequences(plan.database.green, plan.database.live.name);
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  // A sequence that stands higher than it must only skips numbers.
  undo: () => Promise.resolve(),
};
