import { endHome, refuseRunning } from "../../server/deployment/launcher.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readConfig } from "../../server/platform/config.ts";
import { exists } from "../../server/platform/files.ts";
import { homePaths } from "../../server/platform/home.ts";

/**
 * Ends what runs of a home without a launcher: what an installation started for its proof, or what a launcher that was killed left behind. Throws
 * `already-running` when there is one. A home that was never made has nothing to end.
 */
export async function stopHome(home: string): Promise<void> {
  const paths = homePaths(home);
  await refuseRunning(paths);
  if (await exists(paths.config)) await endHome({ paths, config: await readConfig(paths), clock: systemClock });
}
