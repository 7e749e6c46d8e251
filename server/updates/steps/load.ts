import { AppError } from "../../platform/errors.ts";
import { undeclaredDifferences } from "../rules/books.ts";
import type { Step, StepContext } from "../step.ts";
import { backupOf } from "./read-through.ts";

const LOOK_MS = 500;
/** A dump that somebody else made may grow without end; the live database, on the same disk, keeps so much to write on. */
const KEPT_FREE_BYTES = 200e6;

/** The backup in a new database beside the live one, its books compared with those that were written down when it was made. Nobody sees it yet. */
export const load: Step = {
  name: "load",
  onInterrupt: "again",
  touches: false,

  async run(context) {
    const { world, plan, record, signal } = context;
    const begun = world.clock.monotonic();
    const { id, books } = backupOf(context);
    await dropWhatIsThere(context);
    const green = await world.databases.create(plan.database.green, plan.database.settings);
    await record({ green });
    const foreign = await world.backups.isForeign(id);
    const crowded = new AbortController();
    const watching = watchSize(context, foreign ? crowded : null);
    try {
      await world.databases.fill({ name: green.name, foreign }, (login) =>
        world.backups.load({ id, database: green.name, login }, AbortSignal.any([signal, crowded.signal])),
      );
    } finally {
      await watching.end();
    }
    const differences = undeclaredDifferences(books, await world.databases.books(green.name), []);
    if (differences.length > 0) throw new AppError("restore-differs", { id, differences });
    // A drill is about a database of its own; a restore's files must be there before anything refers to them.
    if (plan.kind === "restore") await world.backups.putFilesBack(id);
    await record({ loadMs: Math.round(world.clock.monotonic() - begun) });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  undo: dropWhatIsThere,
};

/** The new database, whole or half: known by the oid that was written down, or by its name, which holds this plan's ULID and is nobody else's. */
export async function dropWhatIsThere({ world, plan, facts }: StepContext): Promise<void> {
  const named = await world.databases.find(plan.database.green);
  const oid = named?.oid ?? facts().green?.oid;
  if (oid !== undefined && oid !== plan.database.live.oid) await world.databases.drop(oid);
}

/**
 * Tells how large the new database is by now, and breaks off what crowds the disk. It ends up near the size that the old one had, so that is not taken for the
 * whole.
 */
function watchSize({ world, plan, progress }: StepContext, crowded: AbortController | null) {
  const ended = new AbortController();
  let last: number | null = null;
  const loop = async () => {
    while (!ended.signal.aborted) {
      const done = await world.databases.bytes(plan.database.green).catch(() => null);
      // Saying the same again would be a sign of life that is none.
      if (done !== null && done !== last) progress({ done, total: null, unit: "bytes" });
      last = done;
      const disk = crowded === null ? null : await world.databaseDisk().catch(() => null);
      if (disk !== null && disk.freeBytes < KEPT_FREE_BYTES) {
        const { path, freeBytes } = disk;
        crowded?.abort(new AppError("disk-full", { path, neededBytes: KEPT_FREE_BYTES, freeBytes }));
      }
      await world.clock.sleep(LOOK_MS, ended.signal).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    end: async () => {
      ended.abort();
      await running;
    },
  };
}
