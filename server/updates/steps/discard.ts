import type { Step } from "../step.ts";
import { dropWhatIsThere } from "./load.ts";
import { backupOf } from "./read-through.ts";

/** The trial was a success: that is written down on the backup's label, and what was restored goes. */
export const discard: Step = {
  name: "discard",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, facts } = context;
    await dropWhatIsThere(context);
    await world.ballast.release();
    await world.backups.markDrilled(backupOf(context).id, (facts().loadMs ?? 0) / 1000);
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: dropWhatIsThere,
};
