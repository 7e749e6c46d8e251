import type { SlotName } from "../deployment/contract.ts";
import { AppError } from "../platform/errors.ts";
import { readInstallation } from "./installation.ts";
import { soundRecords } from "./records.ts";
import type { Installation, RunRecord } from "./rules/installation.ts";
import { decisiveRun } from "./rules/kinds.ts";
import { abandonedCopies, nameAside } from "./rules/settling.ts";
import { isSettled, markSettled } from "./settled.ts";
import { targetOf } from "./steps/targets.ts";
import type { World } from "./world.ts";

/**
 * Makes the world as the journals say it is: the live name is the committed database's, the release runs in its slot and nothing in the others,
 * the fence is open, the gate routes there, and what a run could not take back is gone. Idempotent; does nothing while a run is open, since that
 * run owns the world, and nothing after a run that ended `needs_attention` until a person says so (`byPerson`).
 */
export async function settle(
  world: World,
  { byPerson }: { byPerson: boolean } = { byPerson: false },
): Promise<"settled" | "left-alone"> {
  const records = await soundRecords(world.paths);
  if (records.some(({ journal }) => !journal.some((entry) => entry.type === "finished"))) return "left-alone";
  const waiting = await waitingForPerson(world, records);
  if (waiting !== null && !byPerson) return "left-alone";
  const installation = await readInstallation(world);
  await restoreNames(world, { installation, records });
  await serve(world, installation);
  await clearAway(world, { installation, records });
  if (waiting !== null) await markSettled(world.paths, waiting, world.clock.now());
  return "settled";
}

/** The run that waits for a person: the last one, if it ended `needs_attention`, or one whose journal is damaged. */
export async function waitingForPerson({ paths }: Pick<World, "paths">, records: readonly RunRecord[]): Promise<string | null> {
  const damaged = records.find(({ damage }) => damage !== null);
  if (damaged !== undefined) return damaged.run;
  const last = decisiveRun(records);
  const finished = last?.journal.findLast((entry) => entry.type === "finished");
  if (last === undefined || finished?.outcome !== "needs_attention") return null;
  return (await isSettled(paths, last.run)) ? null : last.run;
}

type Known = { installation: Installation; records: readonly RunRecord[] };

/** The live name must be the committed database's; what else has it goes back to the name that its run knows it by. */
async function restoreNames(world: World, { installation, records }: Known): Promise<void> {
  const { name, oid } = installation.database;
  const live = await world.databases.find(name);
  if (live?.oid === oid) return;
  const [last, keptName] = [records.at(-1), live === null ? null : nameAside(live.oid, records)];
  if (last === undefined || live === null || keptName === null) {
    throw new AppError("database-moved", { name, expected: oid, found: live?.oid ?? null });
  }
  await world.databases.swap({ incoming: oid, outgoing: live.oid, keptName, run: last.run });
}

/** People can work with what is installed. */
async function serve(world: World, { slot, version, database }: Installation): Promise<void> {
  await world.databases.allowConnections(database.name); // a copy or a rename that was broken off may have left it closed
  const target = targetOf(await world.driver.start(slot, version, database.name));
  if ((await world.databases.fence()) === "closed") await world.databases.openFence();
  const { state } = await world.gate.report();
  if (state.mode !== "proxy" || state.target?.port !== target.port || state.target.version !== target.version) {
    await world.gate.set({ mode: "proxy", target, run: null });
  }
  await world.driver.settle(slot, version);
}

/** Nothing that a run left behind stands in the next one's way. */
async function clearAway({ driver, databases, ballast }: World, { installation, records }: Known): Promise<void> {
  for (const slot of Object.keys(await driver.inspect()) as SlotName[]) {
    if (slot !== installation.slot) await driver.stop(slot);
  }
  for (const { name, oid } of abandonedCopies(records, installation)) {
    const found = await databases.find(name);
    if (found !== null && (oid === null || found.oid === oid)) await databases.drop(found.oid);
  }
  await ballast.release();
}
