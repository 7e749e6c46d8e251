import { versionSchema } from "../platform/contract.ts";
import { diskBytes, namesIn } from "../platform/files.ts";
import type { DiskUse, KeptDatabase, StoredRelease } from "./disk-contract.ts";
import { readInstallation } from "./installation.ts";
import { keptDatabases, roleOfRelease } from "./rules/disk-use.ts";
import { expired } from "./rules/expired.ts";
import type { Installation } from "./rules/installation.ts";
import { versionsAtWork } from "./versions-at-work.ts";
import type { World } from "./world.ts";

/** Measures what FilaOps takes on the disk, and says what of it goes. Changes nothing. Reads every folder below `FILAOPS_HOME`: for a page, not for a loop. */
export async function diskUse(world: World): Promise<DiskUse> {
  const { clock, databases, paths } = world;
  const installation = await readInstallation(world);
  const databaseDisk = await world.databaseDisk();
  const records = [paths.updates, paths.plans, paths.logs];
  return {
    measuredAt: clock.now().toISOString(),
    freeBytes: await world.freeBytes(),
    databaseFreeBytes: databaseDisk === null || databaseDisk.sameAsHome ? null : databaseDisk.freeBytes,
    database: { bytes: await databases.bytes(installation.database.name) },
    keptDatabases: await sizedDatabases(world, installation),
    backups: await backupsUse(world),
    files: { bytes: await diskBytes(paths.files), count: (await namesIn(paths.files)).length },
    releases: await releasesUse(world, installation),
    copies: { bytes: await diskBytes(paths.offsite) },
    exports: { bytes: await diskBytes(paths.exports) },
    imports: { bytes: await diskBytes(paths.imports) },
    bundles: { bytes: await diskBytes(paths.bundles), count: (await namesIn(paths.bundles)).length },
    records: { bytes: (await Promise.all(records.map(diskBytes))).reduce((sum, bytes) => sum + bytes, 0) },
  };
}

/** Those that are there: what somebody dropped by hand takes nothing. */
async function sizedDatabases({ databases, config }: World, installation: Installation): Promise<KeptDatabase[]> {
  const sized: KeptDatabase[] = [];
  for (const { oid, ...kept } of keptDatabases(installation, config.undoDays)) {
    const found = await databases.findByOid(oid);
    if (found !== null) sized.push({ ...kept, bytes: await databases.bytes(found.name) });
  }
  return sized;
}

async function backupsUse({ backups, backupSettings, paths, referredBackups }: World): Promise<DiskUse["backups"]> {
  const [all, referred] = [await backups.listAll(), await referredBackups()];
  const { go } = await backups.previewRetention({ settings: await backupSettings(), referred });
  const good = all.filter(({ backup }) => backup !== null).length;
  const isRemovable = ({ id, keep, backup }: (typeof all)[number]) =>
    !keep && !referred.includes(id) && (backup === null || good > 1);
  return {
    bytes: await diskBytes(paths.backups),
    count: all.length,
    removable: all.filter(isRemovable).length,
    goNext: go.length,
  };
}

async function releasesUse(world: World, installation: Installation): Promise<StoredRelease[]> {
  const { driver, paths, clock, config } = world;
  const { keptVersions: wayBack } = expired(installation, { now: clock.now(), undoDays: config.undoDays });
  const needs = { installed: installation.version, wayBack, running: await versionsAtWork(world) };
  const versions = (await namesIn(paths.releases)).filter((name) => versionSchema.safeParse(name).success);
  return Promise.all(
    versions.map(async (version) => ({ version, bytes: await driver.bytes(version), role: roleOfRelease(version, needs) })),
  );
}
