import type { Config } from "../../platform/config.ts";
import { systemClock } from "../../platform/clock.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import { createNativeDriver } from "../native.ts";

/** A process of its own that drives, so that a test can kill it: `node driver-process.ts <verb> <JSON of home and config>`. */
const [verb, world] = process.argv.slice(2);
const { home, config } = JSON.parse(world ?? "") as { home: string; config: Config };
const driver = createNativeDriver({ paths: homePaths(home), config, clock: systemClock, log: silentLog });

if (verb === "start") {
  await driver.start("blue", "1.0.0", "filaops");
  process.kill(process.pid, "SIGKILL");
} else {
  const onLine = (line: string) => process.stdout.write(`${line}\n`);
  await driver.runOnce("1.0.0", "migrate", { database: "filaops", applicationName: "a", onLine });
}
