import { copyOut as copyOne, giveUpCopy, listCopies, retain } from "../../offsite/copies.ts";
import { listStaged } from "../../offsite/staging.ts";
import { copiesToRemove } from "../../backups/rules/copies.ts";
import { AppError } from "../../platform/errors.ts";
import type { Step, StepContext } from "../step.ts";

/** The good backups that do not lie elsewhere yet, the newest first; then what the rules do not keep there goes. One that breaks off is gone on with. */
export const copyOut: Step = {
  name: "copy-out",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, progress, signal } = context;
    const offsite = await world.offsite();
    if (offsite === null) throw new AppError("offsite-not-set-up", {});
    const { store, recipient } = offsite;
    const there = new Set((await listCopies(store, signal)).filter(({ state }) => state === "whole").map(({ id }) => id));
    let count = 0;
    for (const backup of await wanted(context)) {
      if (!there.has(backup.id)) {
        const onProgress = ({ bytes, total }: { bytes: number; total: number }) => {
          progress({ done: bytes, total, unit: "bytes" });
        };
        await copyOne({ paths: world.paths, store, recipient }, backup, { signal, onProgress });
        count += 1;
      }
      await world.backups.markCopied(backup.id, store.where);
    }
    await clearAway(context, offsite);
    await world.ballast.release();
    return `${count} ${count === 1 ? "backup" : "backups"} copied`;
  },

  isDone: () => Promise.resolve(false),

  undo: () => Promise.resolve(),
};

/** Those that the rules keep here: what is about to go is not worth the way. */
async function wanted({ world }: StepContext) {
  const settings = await world.backupSettings();
  const { stay } = await world.backups.previewRetention({ settings, referred: await world.referredBackups() });
  return (await world.backups.list()).filter(({ id }) => stay.has(id));
}

async function clearAway(
  { world, signal }: StepContext,
  { store }: NonNullable<Awaited<ReturnType<StepContext["world"]["offsite"]>>>,
) {
  const { retention, schedule } = await world.backupSettings();
  // What still lies here stays there, too: it would only be copied again.
  const referred = (await world.backups.list()).map(({ id }) => id);
  const policy = { ...retention, timeZone: schedule.timeZone, referred };
  const rule = (copies: Awaited<ReturnType<typeof listCopies>>) =>
    copiesToRemove(
      copies.map(({ id, state, label }) => ({ id, createdAt: state === "whole" ? (label?.createdAt ?? null) : null })),
      policy,
    );
  // What a backup that is gone by now left on its way.
  for (const id of await listStaged(world.paths)) {
    if (!referred.includes(id)) await giveUpCopy({ paths: world.paths, store }, id);
  }
  await retain(store, (copies) => rule([...copies]), signal);
}
