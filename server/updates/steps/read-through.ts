import type { Step, StepContext } from "../step.ts";

/** The backup that the run is about, from its first byte to its last: every checksum, and the whole dump as a restore would read it. */
export const readThrough: Step = {
  name: "read-through",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, progress, signal } = context;
    await world.backups.verify(backupOf(context).id, {
      signal,
      onBytes: (done, total) => {
        progress({ done, total, unit: "bytes" });
      },
    });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.resolve(),
};

/** The backup of a restore's, a drill's or a verification's plan. Plans of other kinds have no steps that ask for it. */
export function backupOf({ plan }: Pick<StepContext, "plan">) {
  if (plan.backup === null) throw new Error(`a plan of kind ${plan.kind} has no backup`);
  return plan.backup;
}
