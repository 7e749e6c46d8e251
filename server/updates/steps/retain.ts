import type { Step, StepContext } from "../step.ts";

/** Old backups go by the rules, now that there is a new one. */
export const retain: Step = {
  name: "retain",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const removed = await removeOldBackups(context);
    await context.world.ballast.release();
    return removed === 0 ? undefined : `${removed} old ${removed === 1 ? "backup" : "backups"} removed`;
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.resolve(),
};

/** Never the run's own, nor one that a run which can be undone refers to. Says how many went. */
export async function removeOldBackups({ world, facts }: Pick<StepContext, "world" | "facts">): Promise<number> {
  const { backup } = facts();
  const referred = [...(await world.referredBackups()), ...(backup === undefined ? [] : [backup])];
  const removed = await world.backups.applyRetention({ settings: await world.backupSettings(), referred });
  return removed.length;
}
