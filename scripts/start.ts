import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "../server/deployment/launcher.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig } from "../server/platform/config.ts";
import { sibling } from "../server/platform/entry.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { homePaths } from "../server/platform/home.ts";
import { createLog } from "../server/platform/log.ts";
import { openLog } from "../server/platform/log-file.ts";

/** How long a caller that waits for the line waits at most, in milliseconds. A service manager does not wait: then it is tried for ever. */
const READY_MS = 180_000;

/**
 * `start [--home FILAOPS_HOME] [--json]`: runs FilaOps until SIGINT or SIGTERM, and then ends all of it. Prints one line when people can work:
 * with `--json` `{"ready":true,"url":"…"}`, or `{"ready":false,"problem":{…}}` when it cannot start.
 */
const { values: flags } = parseArgs({ options: { home: { type: "string" }, json: { type: "boolean", default: false } } });

try {
  await main();
} catch (error) {
  const problem = toProblem(error);
  if (flags.json) print(JSON.stringify({ ready: false, problem }));
  else process.stderr.write(`${problem.happened}\n${problem.meaning} ${problem.todo}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      ending.abort();
    });
  }
  const home = flags.home ?? readEnv("FILAOPS_HOME");
  if (home === undefined) throw new AppError("config-invalid", { path: "FILAOPS_HOME", reason: "it is not set" });
  const paths = homePaths(home);
  const config = await readConfig(paths);
  // Standard output is for the one line that callers wait for.
  const file = await openLog(join(paths.logs, "start.log"));
  const log = createLog("start", "info", file.fd);
  const launched = await launch({ paths, config, clock: systemClock, log, sibling: (name) => sibling(name) });
  try {
    await launched.ready(ending.signal, flags.json ? READY_MS : Infinity);
    print(flags.json ? JSON.stringify({ ready: true, url: config.publicUrl }) : `FilaOps runs at ${config.publicUrl}`);
    if (!ending.signal.aborted) await once(ending.signal, "abort");
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    await launched.stop();
    await file.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
