import type { Installation } from "./rules/installation.ts";
import { deriveInstallation } from "./rules/installation.ts";
import { readRecords, readState } from "./records.ts";
import type { World } from "./world.ts";

/**
 * What is installed now, from `state.json` and the journals; needs neither the database nor the app. It goes by what can be read of a damaged
 * journal: who acts on it asks for `soundRecords` first.
 */
export async function readInstallation({ paths, config }: Pick<World, "paths" | "config">): Promise<Installation> {
  return deriveInstallation(await readState(paths), config.postgres.database, await readRecords(paths));
}
