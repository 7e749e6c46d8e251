import type { BackupKind } from "../../backups/contract.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Plan } from "../contract.ts";
import { utcMoment } from "../rules/run-words.ts";
import type { Step } from "../step.ts";

/** A verified backup of blue, before anything is paused; or, in a run of kind `backup`, the whole of it. It is kept whatever happens. */
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
      { id, run, version: plan.from, ...kindAndNote(plan) },
      {
        signal,
        onBytes: (done) => {
          progress({ done, total: null, unit: "bytes" });
        },
      },
    );
    await world.backups.verify(id, { signal });
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

function kindAndNote({ kind, to, backup: restored, making }: Plan): { kind: BackupKind; note: string } {
  if (making !== null) return making;
  if (kind === "start_fresh") return { kind: "pre_update", note: `Before starting fresh with ${to}` };
  if (kind !== "restore") return { kind: "pre_update", note: `Before the update to ${to}` };
  return {
    kind: "safety",
    note: `Before restoring ${restored === null ? "a backup" : `the backup of ${utcMoment(restored.createdAt)}`}`,
  };
}
