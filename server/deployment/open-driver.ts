import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { composeDriver } from "./docker/compose-driver.ts";
import type { Driver } from "./driver.ts";
import { createNativeDriver } from "./native.ts";

/** The driver that the configuration names. */
export function openDriver(world: { paths: HomePaths; config: Config; clock: Clock; log: Log }): Driver {
  return world.config.driver === "docker" ? composeDriver(world) : createNativeDriver(world);
}
