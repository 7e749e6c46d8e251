import type { AdminActor } from "../auth/actors.ts";
import type { Db } from "../platform/db.ts";
import type { Settings } from "./contract.ts";
import { settingsSchema } from "./contract.ts";
import { DEFAULT_SETTINGS } from "./farm-contract.ts";

/** The farm's settings; what was never set, or set by hand to something that it cannot be, is as in a new one. */
export async function getSettings(db: Db): Promise<Settings> {
  const rows = await db.setting.findMany({
    where: { key: { in: Object.keys(DEFAULT_SETTINGS) } },
    select: { key: true, value: true },
  });
  const found = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  const { farmName, currency } = settingsSchema.shape;
  return {
    farmName: farmName.safeParse(found["farmName"]).data ?? DEFAULT_SETTINGS.farmName,
    currency: currency.safeParse(found["currency"]).data ?? DEFAULT_SETTINGS.currency,
  };
}

/** `db` is a transaction. */
export async function updateSettings(db: Db, _actor: AdminActor, settings: Settings): Promise<Settings> {
  return writeSettings(db, settings);
}

/** Without asking for a right: for the first run, when there is nobody yet. */
export async function writeSettings(db: Db, { farmName, currency }: Settings): Promise<Settings> {
  for (const [key, value] of Object.entries({ farmName, currency })) {
    await db.setting.upsert({ where: { key }, create: { key, value }, update: { value }, select: { key: true } });
  }
  return { farmName, currency };
}
