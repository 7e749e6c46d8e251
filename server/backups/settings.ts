import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { BackupSettings } from "./contract.ts";
import { backupSettingsSchema } from "./contract.ts";

type Where = { paths: Pick<HomePaths, "backupSettings">; config: Pick<Config, "keepBackups">; clock: Clock };

/** When backups are made and which stay: as the owner set it; until then every night at two by this computer's clock. */
export async function readBackupSettings(where: Where): Promise<BackupSettings> {
  return (await readJson(where.paths.backupSettings, backupSettingsSchema)) ?? firstSettings(where);
}

/** Durable when it returns; counts from now on. */
export async function writeBackupSettings(
  { paths, clock }: Pick<Where, "paths" | "clock">,
  wanted: Pick<BackupSettings, "schedule" | "retention">,
): Promise<BackupSettings> {
  const settings = backupSettingsSchema.parse({ v: 1, since: clock.now().toISOString(), ...wanted });
  await writeAtomically(paths.backupSettings, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

/** Written down when first needed, so that the time zone is one that somebody can read, and a night that was missed counts from a known moment. */
export async function ensureBackupSettings(where: Where): Promise<void> {
  if ((await readJson(where.paths.backupSettings, backupSettingsSchema)) === null) {
    await writeBackupSettings(where, firstSettings(where));
  }
}

function firstSettings({ config, clock }: Where): BackupSettings {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return {
    v: 1,
    since: clock.now().toISOString(),
    schedule: { enabled: true, at: "02:00", timeZone, weeklyDrill: true },
    retention: { last: config.keepBackups, daily: 7, weekly: 4, monthly: 6, minimum: 3 },
  };
}

/** From now on no backup is made by itself: for an installation in which nothing shall happen that nobody asked for. */
export async function stopSchedule(where: Pick<Where, "paths" | "clock">): Promise<void> {
  const { schedule, retention } = await readBackupSettings({ ...where, config: { keepBackups: 5 } });
  await writeBackupSettings(where, { schedule: { ...schedule, enabled: false }, retention });
}
