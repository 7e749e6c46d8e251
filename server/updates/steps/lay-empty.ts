import type { Step } from "../step.ts";
import { dropWhatIsThere } from "./load.ts";

/** A new database beside the live one with nothing in it; the release's own migrations lay it out next. Nobody sees it yet. */
export const layEmpty: Step = {
  name: "lay-empty",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, plan, record } = context;
    await dropWhatIsThere(context);
    await record({ green: await world.databases.create(plan.database.green, plan.database.settings) });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: dropWhatIsThere,
};
