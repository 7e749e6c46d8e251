import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { presentFiles } from "../files/present.ts";
import { collectable } from "../files/rules/collectable.ts";
import { versionSchema } from "../platform/contract.ts";
import { isAppError } from "../platform/errors.ts";
import { namesIn, remove } from "../platform/files.ts";
import { readInstallation } from "./installation.ts";
import { soundRecords } from "./records.ts";
import type { Installation, RunRecord } from "./rules/installation.ts";
import { decisiveRun, isJob } from "./rules/kinds.ts";
import { expired } from "./rules/expired.ts";
import { versionsAtWork } from "./versions-at-work.ts";
import type { World } from "./world.ts";

const PLAN_KEPT_MS = 24 * 3_600_000;
/** A form in which a file was chosen may be open for a day before it is saved. */
const FILE_KEPT_MS = 24 * 3_600_000;
/** A backup that is on its way in may take as long over a thin line. */
const PARTIAL_KEPT_MS = 24 * 3_600_000;
/** Of jobs beside, the newest so many records stay: they moved nothing, and there is one every night. */
const JOBS_KEPT = 60;

/**
 * Removes what is past its time: replaced databases after the undo period, releases that nothing refers to, old plans and records of jobs. Only while no run is
 * open. A failure is logged and tried again the next time; nothing depends on it.
 */
export async function collectGarbage(world: World): Promise<void> {
  const records = await soundRecords(world.paths);
  if (records.some(({ journal }) => !journal.some((entry) => entry.type === "finished"))) return;
  const installation = await readInstallation(world);
  const rubbish = expired(installation, { now: world.clock.now(), undoDays: world.config.undoDays });
  for (const { oid } of rubbish.databases) await attempt(world, () => world.databases.drop(oid));
  await attempt(world, () => removeReleases(world, installation, rubbish.keptVersions));
  // Again and again, since `docker system prune` takes what holds them.
  for (const version of rubbish.keptVersions) await attempt(world, () => world.driver.keep(version));
  await attempt(world, () => removePlans(world));
  await attempt(world, () => removeJobs(world, records));
  await attempt(world, () => world.backups.removeStale(new Date(world.clock.now().getTime() - PARTIAL_KEPT_MS)));
  await attempt(world, () => removeFiles(world, installation));
}

/** Uploaded files that no database that is kept refers to, and no backup holds. */
async function removeFiles(world: World, installation: Installation): Promise<void> {
  const { paths, clock, databases, backups } = world;
  // Listed first: what a save names in the meantime is among what is referred to.
  const present = await presentFiles(paths.files);
  const referred = await backups.heldFiles();
  const { database, stack, putAside } = installation;
  for (const { oid } of [database, ...stack.map(({ kept }) => kept), ...putAside]) {
    const found = await databases.findByOid(oid);
    if (found === null) continue;
    for (const { sha256 } of await databases.referredFiles(found.name)) referred.add(sha256);
  }
  // The folder is the app's to write: nothing is removed there but plain entries, never a tree.
  const youngerThan = clock.now().getTime() - FILE_KEPT_MS;
  for (const name of collectable({ present, referred, youngerThan })) {
    await attempt(world, () => unlink(join(paths.files, name)));
  }
}

/** A change's record is never removed: what is installed is derived from it. */
async function removeJobs({ paths }: World, records: readonly RunRecord[]): Promise<void> {
  const decisive = decisiveRun(records)?.run;
  const jobs = records.filter(({ plan, run }) => isJob(plan.kind) && run !== decisive);
  for (const { run } of jobs.slice(0, -JOBS_KEPT)) await remove(paths.update(run));
}

async function removeReleases(world: World, installation: Installation, keptVersions: readonly string[]): Promise<void> {
  const kept = new Set([installation.version, ...keptVersions, ...(await versionsAtWork(world))]);
  for (const name of await namesIn(world.paths.releases)) {
    if (versionSchema.safeParse(name).success && !kept.has(name)) await removeUnused(world, name);
  }
}

/** What others run from, as gate and updater do in containers, stays as long. */
async function removeUnused({ driver }: World, version: string): Promise<void> {
  try {
    await driver.remove(version);
  } catch (error) {
    if (!isAppError(error, "release-in-use")) throw error;
  }
}

async function removePlans({ paths, clock }: World): Promise<void> {
  for (const name of await namesIn(paths.plans)) {
    const path = join(paths.plans, name);
    if (clock.now().getTime() - (await stat(path)).mtimeMs > PLAN_KEPT_MS) await remove(path);
  }
}

async function attempt({ log }: World, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ err: error }, "cleaning up did not work and will be tried again");
  }
}
