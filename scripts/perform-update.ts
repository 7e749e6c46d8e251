import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { ulidSchema } from "../server/platform/contract.ts";
import { readEnv } from "../server/platform/env.ts";
import { homePaths } from "../server/platform/home.ts";
import { LOCK_BUSY, lockHolder } from "../server/platform/lock.ts";
import { createLog } from "../server/platform/log.ts";
import { openLog } from "../server/platform/log-file.ts";
import { applicationName } from "../server/updates/application-name.ts";
import { composeWorld } from "../server/updates/compose.ts";
import { perform } from "../server/updates/perform.ts";

/** Performs one run, or goes on with it: `perform-update <run>` under the run lock (`updates/spawn-runner.ts` starts it so). */
const run = ulidSchema.parse(process.argv[2]);
const paths = homePaths(readEnv("FILAOPS_HOME") ?? "/var/lib/filaops");
// In a container there is nobody who would have opened the run's output for us.
const output = readEnv("FILAOPS_RUN_OUTPUT") === undefined ? null : await openLog(paths.output(run));
const log = createLog("perform-update", "info", output?.fd);

if (lockHolder(paths.runLock) === process.pid) {
  const world = await composeWorld({
    config: await readConfig(paths),
    paths,
    clock: systemClock,
    log,
    applicationName: applicationName(run),
  });
  const outcome = await perform(world, run);
  log.info({ run, outcome }, "the run has ended");
  await world.close();
} else {
  log.warn({ run }, "another run is under way, or this was not started under the run lock");
  process.exitCode = LOCK_BUSY;
}
