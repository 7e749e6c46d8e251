import { newUlid } from "../../platform/ids.ts";
import type { Step } from "../step.ts";

/** A verified backup of blue, before anything is paused. It is kept whatever happens. */
export const backup: Step = {
  name: "backup",
  onInterrupt: "again",
  touches: false,

  async run({ world, plan, run, facts, record, progress, signal }) {
    const id = facts().backup ?? newUlid(world.clock);
    // The name is written down before the folder is begun, so that what a crash leaves behind is found and removed.
    await record({ backup: id });
    await world.backups.removePartial(id);
    const made = await world.backups.create(
      { id, kind: "pre_update", run, version: plan.from, note: `Before the update to ${plan.to}` },
      {
        signal,
        onBytes: (done) => {
          progress({ done, total: null, unit: "bytes" });
        },
      },
    );
    await world.backups.verify(id);
    return `${made.bytes} bytes`;
  },

  async isDone({ world, facts }) {
    const id = facts().backup;
    if (id === undefined || (await world.backups.find(id)) === null) return false;
    await world.backups.verify(id);
    return true;
  },

  async undo({ world, facts }) {
    const id = facts().backup;
    if (id !== undefined) await world.backups.removePartial(id);
  },
};
