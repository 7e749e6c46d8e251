import { AppError } from "../platform/errors.ts";
import { readInstallation } from "./installation.ts";
import { readRecords } from "./records.ts";
import type { Installation, RunRecord } from "./rules/installation.ts";
import { isSettled, markSettled } from "./settled.ts";
import { targetOf } from "./steps/targets.ts";
import type { World } from "./world.ts";

/**
 * Makes the world as the journals say it is: the live name is the committed database's, the release runs in its slot, the fence is open and the
 * gate routes there. Idempotent; does nothing while a run is open, since that run owns the world, and nothing after a run that ended
 * `needs_attention` until a person says so (`byPerson`).
 */
export async function settle(
  world: World,
  { byPerson }: { byPerson: boolean } = { byPerson: false },
): Promise<"settled" | "left-alone"> {
  const records = await readRecords(world.paths);
  if (records.some(({ journal }) => !journal.some((entry) => entry.type === "finished"))) return "left-alone";
  const waiting = await waitingForPerson(world, records);
  if (waiting !== null && !byPerson) return "left-alone";
  const installation = await readInstallation(world);
  await restoreNames(world, { installation, records });
  const instance = await world.driver.start(installation.slot, installation.version, installation.database.name);
  if ((await world.databases.fence()) === "closed") await world.databases.openFence();
  const { state } = await world.gate.report();
  const target = targetOf(instance);
  if (state.mode !== "proxy" || state.target?.port !== target.port || state.target.version !== target.version) {
    await world.gate.set({ mode: "proxy", target, run: null });
  }
  await world.driver.settle(installation.slot, installation.version);
  if (waiting !== null) await markSettled(world.paths, waiting, world.clock.now());
  return "settled";
}

/** The run that ended `needs_attention` and waits for a person, if the last one did. */
export async function waitingForPerson({ paths }: Pick<World, "paths">, records: readonly RunRecord[]): Promise<string | null> {
  const last = records.at(-1);
  const finished = last?.journal.findLast((entry) => entry.type === "finished");
  if (last === undefined || finished?.outcome !== "needs_attention") return null;
  return (await isSettled(paths, last.run)) ? null : last.run;
}

/** The live name must be the committed database's; a rename that PostgreSQL lost in a crash is done again. */
async function restoreNames(world: World, known: { installation: Installation; records: readonly RunRecord[] }): Promise<void> {
  const { name, oid } = known.installation.database;
  const live = await world.databases.find(name);
  if (live?.oid === oid) return;
  const last = known.records.at(-1);
  if (last === undefined || live === null) throw new AppError("unexpected", { detail: `the database ${name} is missing` });
  const keptName = known.installation.stack.at(-1)?.kept.name ?? last.plan.database.green;
  await world.databases.swap({ incoming: oid, outgoing: live.oid, keptName, run: last.run });
}
