import type { SlotName } from "./contract.ts";
import type { Driver } from "./driver.ts";

/** What should run in a slot. */
export type WantedInstance = { slot: SlotName; version: string; database: string };

/**
 * Starts the instance again when it is not there, dead, or another than wanted; leaves alone what lives, well or not. For the updater when no
 * run holds the lock, and for the runner. How often and how soon is the caller's business.
 */
export async function keepAlive(driver: Driver, wanted: WantedInstance): Promise<"alive" | "restarted"> {
  const instance = (await driver.inspect())[wanted.slot];
  const right = instance?.version === wanted.version && instance.database === wanted.database;
  if (right && (await driver.health(wanted.slot)).kind !== "stopped") return "alive";
  await driver.start(wanted.slot, wanted.version, wanted.database);
  return "restarted";
}
