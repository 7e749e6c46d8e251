import { systemClock } from "../../server/platform/clock.ts";
import { homePaths } from "../../server/platform/home.ts";
import { createLog } from "../../server/platform/log.ts";
import { runGate } from "../gate/run-gate.ts";
import { PORT, homeFolder, publicUrl, trustedProxies } from "./settings.ts";

/** The gate is given two folders and its address; it sees no configuration and no secret. */
export async function becomeGate(): Promise<void> {
  await runGate({
    paths: homePaths(homeFolder()),
    listen: { host: "0.0.0.0", port: PORT },
    publicUrl: publicUrl(),
    trustedProxies: trustedProxies(),
    clock: systemClock,
    log: createLog("gate"),
  });
}
