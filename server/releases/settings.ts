import { isAppError } from "../platform/errors.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { CheckSettings } from "./contract.ts";
import { checkSettingsSchema } from "./contract.ts";

const FIRST: CheckSettings = { v: 1, channel: "stable", automatic: true };

/**
 * How releases are looked for: as an admin set it; until then, and when what was set cannot be read (which is logged), by itself and for stable
 * releases.
 */
export async function readCheckSettings({ checkSettings }: Pick<HomePaths, "checkSettings">, log: Log): Promise<CheckSettings> {
  try {
    return (await readJson(checkSettings, checkSettingsSchema)) ?? FIRST;
  } catch (error) {
    if (!isAppError(error, "file-unreadable")) throw error;
    log.warn({ problem: error.problem }, "how to look for releases cannot be read");
    return FIRST;
  }
}

/** Durable when it returns. */
export async function writeCheckSettings(
  { checkSettings }: Pick<HomePaths, "checkSettings">,
  wanted: Omit<CheckSettings, "v">,
): Promise<void> {
  await writeAtomically(checkSettings, `${JSON.stringify(checkSettingsSchema.parse({ v: 1, ...wanted }), null, 2)}\n`);
}
