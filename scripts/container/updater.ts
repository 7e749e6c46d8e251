import { systemClock } from "../../server/platform/clock.ts";
import { readConfig } from "../../server/platform/config.ts";
import { sibling } from "../../server/platform/entry.ts";
import { homePaths } from "../../server/platform/home.ts";
import { createLog } from "../../server/platform/log.ts";
import { writeConfig } from "../install/lay-out.ts";
import { firstStart } from "./first-start.ts";
import { untilLaidOut } from "./laid-out.ts";
import { configFromEnvironment, homeFolder } from "./settings.ts";

/** The updater; of a home that nothing is installed in yet, it makes the database first. */
export async function becomeUpdater(): Promise<void> {
  // What it writes is read by gate and app, through their group.
  process.umask(0o027);
  const paths = homePaths(homeFolder());
  await untilLaidOut([paths.releaseKey]);
  // What the operator changed in `.env` comes with a new container.
  await writeConfig(paths, configFromEnvironment());
  await firstStart({ paths, config: await readConfig(paths), clock: systemClock, log: createLog("first-start") });
  await import(sibling("updater"));
}
