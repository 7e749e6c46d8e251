import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { GateOptions } from "../server/gate/gate.ts";
import { startGate } from "../server/gate/gate.ts";
import { systemClock } from "../server/platform/clock.ts";
import { configSchema, readConfig } from "../server/platform/config.ts";
import { programDigest } from "../server/platform/entry.ts";
import { readEnv } from "../server/platform/env.ts";
import { AppError, toProblem } from "../server/platform/errors.ts";
import { makeFolder, parseJson } from "../server/platform/files.ts";
import { LISTENER } from "../server/platform/listener.ts";
import type { HomePaths } from "../server/platform/home.ts";
import { homePaths } from "../server/platform/home.ts";
import { createLog } from "../server/platform/log.ts";

/**
 * `gate.ts [FILAOPS_HOME]`: the process that owns the public port. Reads config.json (or, where it must not see the whole of it, its own part in
 * FILAOPS_GATE), gate/gate.json and shared/status.json; it has no secrets. SIGUSR2 tells it that another gate has taken over: then it takes no new
 * connections, and ends when nobody needs it any more. The launcher may have bound its port already (FILAOPS_LISTENER).
 */

/** How long open requests may take to end when the gate is told to, in milliseconds. */
const GRACE_MS = 5000;
/** The same when another gate has taken over: nobody waits for the end of this one. */
const RETIRE_MS = 60_000;
/** How long it then keeps connections without a request, for those who are just about to use them. */
const IDLE_MS = 10_000;
const log = createLog("gate");
const ownSchema = z.object({ gate: configSchema.shape.gate, publicUrl: configSchema.shape.publicUrl });

try {
  const home = process.argv[2] ?? readEnv("FILAOPS_HOME");
  if (home === undefined) throw new AppError("config-invalid", { path: "FILAOPS_HOME", reason: "it is not set" });
  const paths = homePaths(home);
  await makeFolder(paths.gate);
  const gate = await startGate({ ...(await settings(paths)), paths, clock: systemClock, log });
  const end = (graceMs: number, idleMs: number) => () => {
    log.info({}, "the gate ends");
    void gate.close(graceMs, idleMs).then(() => process.exit(0));
  };
  process.once("SIGTERM", end(GRACE_MS, 0));
  process.once("SIGINT", end(GRACE_MS, 0));
  process.once("SIGUSR2", end(RETIRE_MS, IDLE_MS));
} catch (error) {
  const problem = toProblem(error);
  log.error({ err: error, problem }, problem.happened);
  process.exitCode = 1;
}

async function settings(paths: HomePaths): Promise<Pick<GateOptions, "listen" | "proto" | "trustedProxies" | "program">> {
  const own = readEnv("FILAOPS_GATE");
  const { gate, publicUrl } = own === undefined ? await readConfig(paths) : parseJson(own, ownSchema, "FILAOPS_GATE");
  const fd = z.coerce.number().int().optional().parse(readEnv(LISTENER));
  return {
    listen: { host: gate.host, port: gate.port, ...(fd === undefined ? {} : { fd }) },
    // Where TLS ends before the gate, people's addresses say so.
    proto: publicUrl.startsWith("https:") ? "https" : "http",
    trustedProxies: gate.trustedProxies,
    program: await programDigest(fileURLToPath(import.meta.url)),
  };
}
