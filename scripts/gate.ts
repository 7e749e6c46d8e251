import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { makeFolder } from "../server/platform/files.ts";
import { homePaths } from "../server/platform/home.ts";
import { createLog } from "../server/platform/log.ts";
import { runGate } from "./gate/run-gate.ts";

/** `gate.ts [FILAOPS_HOME]`: the process that owns the public port. Reads config.json, gate/gate.json and shared/status.json; it has no secrets. */

const log = createLog("gate");

try {
  const home = process.argv[2] ?? readEnv("FILAOPS_HOME");
  if (home === undefined) throw new AppError("config-invalid", { path: "FILAOPS_HOME", reason: "it is not set" });
  const paths = homePaths(home);
  const { gate: listen, publicUrl } = await readConfig(paths);
  await makeFolder(paths.gate);
  await runGate({ paths, listen, publicUrl, trustedProxies: listen.trustedProxies, clock: systemClock, log });
} catch (error) {
  const problem = toProblem(error);
  log.error({ err: error, problem }, problem.happened);
  process.exitCode = 1;
}
