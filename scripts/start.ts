import { once } from "node:events";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "../server/deployment/launcher.ts";
import { createGateClient } from "../server/gate/client.ts";
import { systemClock } from "../server/platform/clock.ts";
import { readConfig, readSecret } from "../server/platform/config.ts";
import type { Version } from "../server/platform/contract.ts";
import { sibling } from "../server/platform/entry.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import type { HomePaths } from "../server/platform/home.ts";
import { homePaths } from "../server/platform/home.ts";
import { createLog } from "../server/platform/log.ts";
import { openLog } from "../server/platform/log-file.ts";
import { createUpdaterClient } from "../server/updater/client.ts";
import { ownVersion } from "../server/updater/own-version.ts";

/** How long a caller that waits for the line waits at most, in milliseconds. A service manager does not wait: then it is tried for ever. */
const READY_MS = 180_000;

/**
 * `start [--home FILAOPS_HOME] [--json]`: runs FilaOps until SIGINT or SIGTERM, and then ends all of it. Prints one line when people can work:
 * with `--json` `{"ready":true,"url":"…"}`, or `{"ready":false,"problem":{…}}` when it cannot start.
 */
/** A gate that does not answer at once is asked again later, not by its client. */
const AT_ONCE = { patienceSeconds: 0 };
const ANSWER_MS = 5000;
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
  // The link that leads to us may lead elsewhere before we end.
  const entry = await realpath(process.argv[1] ?? "");
  const launched = await launch({
    ...{ paths, config, clock: systemClock, log },
    version: await ownVersion(entry),
    sibling: (name) => sibling(name, entry),
    updaterVersion: () => updaterVersion(paths),
    gateProgram: async () => (await createGateClient(paths.gateSocket, systemClock, AT_ONCE).report()).program ?? null,
  });
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

/** Asks for all that a page needs of the updater: so it has read what its predecessor wrote. */
async function updaterVersion(paths: HomePaths): Promise<Version | null> {
  const token = await readSecret(paths.operatorToken);
  const client = createUpdaterClient({ socketPath: paths.updaterSocket, token, timeoutMs: ANSWER_MS });
  try {
    const { service } = await client.as({ kind: "operator" }).overview.query();
    return service?.version ?? null;
  } finally {
    await client.close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
