import { open } from "node:fs/promises";
import { connect } from "node:net";
import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { isPortFree } from "../platform/free-port.ts";
import { exists, isErrno, makeFolder, readJson, remove } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { fetchLimited } from "../platform/http.ts";
import { lockHolder } from "../platform/lock.ts";
import type { Log } from "../platform/log.ts";
import { endProcesses, findMarked } from "../platform/marked-processes.ts";
import { createPostgresServer } from "../platform/postgres-server.ts";
import { isRunning, startTimeOf } from "../platform/process.ts";
import { INSTANCE_MARK, homeMark } from "./marks.ts";
import type { PostName } from "./posts.ts";
import { createPosts } from "./posts.ts";
import { clusterService, endScripts, keepRunning } from "./services.ts";
import type { SuccessionWorld } from "./succession.ts";
import { handOverWhenWanted } from "./succession.ts";

export type LauncherWorld = {
  paths: HomePaths;
  config: Config;
  clock: Clock;
  log: Log;
  /** The path of a script beside the launcher's own, of its kind, whatever links lead to it. */
  sibling: (name: string) => string;
} & Pick<SuccessionWorld, "version" | "updaterVersion" | "gateProgram">;

export type Launched = {
  /**
   * Resolves when a person can work: the updater listens and the app answers through the gate. Throws `service-unreachable` when that has not come
   * about within this time.
   */
  ready: (signal: AbortSignal, withinMs?: number) => Promise<void>;
  /** Ends everything, in the order in which nobody misses anybody, and waits until all is gone. */
  stop: () => Promise<void>;
};

/** `run/launcher.json`: who keeps this home running. */
const launcherFileSchema = z.object({ pid: z.int(), startTime: z.string() });

const POLL_MS = 50;
/** How long PostgreSQL may take before the updater is started without it: it can wait for itself. */
const CLUSTER_MS = 20_000;
/** A runner that is ended goes on at the next start; an app instance answers what it is working on. */
const GRACE_MS = 5000;

/**
 * Keeps PostgreSQL (where the home has its own), the gate and the updater running, and has the last two replaced by those of a newer release when
 * that is wanted; the updater in turn keeps the app running. One launcher a home: throws `already-running` when there is another,
 * `gate-port-taken` when a stranger has the public port: a gate that never comes up would be started again for ever. What an earlier one left behind
 * is taken over or ended first.
 */
export async function launch(world: LauncherWorld): Promise<Launched> {
  const { paths, config, clock, log, sibling } = world;
  await makeFolder(paths.run);
  await claim(paths);
  await endScripts(world); // a killed launcher's gate has the public port
  if (!(await isPortFree(config.gate))) {
    await remove(paths.launcher);
    throw new AppError("gate-port-taken", { host: config.gate.host, port: config.gate.port });
  }
  const posts = createPosts(world);
  const begin = (name: PostName) => {
    posts.appoint(name, posts.begin(name, sibling(name)));
  };

  // The gate first: people are held or told something while the rest comes up.
  begin("gate");
  const cluster = await ownCluster(world);
  const postgres = cluster === null ? null : keepRunning(clusterService(cluster, clock), world);
  await cluster?.ready(CLUSTER_MS).catch((error: unknown) => {
    log.error({ err: error }, "PostgreSQL does not come up");
  });
  begin("updater");
  const stopping = new AbortController();
  const handingOver = handOverWhenWanted({ ...world, posts }, stopping.signal);

  return {
    ready: (signal, withinMs = Infinity) => untilReady(world, { signal, withinMs }),
    stop: async () => {
      stopping.abort();
      await posts.stop("updater");
      await endRunner(world);
      await posts.stop("gate");
      await handingOver;
      posts.close();
      await endInstances(world);
      await postgres?.stop();
      await remove(paths.launcher);
    },
  };
}

/** The home's own PostgreSQL, or `null` where a server of the system is used. */
export async function ownCluster({ paths, config, clock }: Pick<LauncherWorld, "paths" | "config" | "clock">) {
  if (!(await exists(paths.cluster))) return null;
  return createPostgresServer({
    binaries: config.postgres.binaries,
    data: paths.cluster,
    port: config.postgres.port,
    // A log of its own, one file for each day of the week.
    settings: { logging_collector: "on", log_filename: "postgresql-%a.log", log_truncate_on_rotation: "on" },
    clock,
  });
}

/** Ends all app instances of the home. What is recorded stays so: it is as after a power cut, and the updater starts again what shall run. */
export async function endInstances({ paths, clock }: Pick<LauncherWorld, "paths" | "clock">): Promise<void> {
  await endProcesses(findMarked(INSTANCE_MARK, await homeMark(paths)), { clock, graceMs: GRACE_MS });
}

/** Ends all that runs of a home without a launcher, in the same order as a launcher does. */
export async function endHome(world: Pick<LauncherWorld, "paths" | "config" | "clock">): Promise<void> {
  await endScripts(world);
  await endRunner(world);
  await endInstances(world);
  await (await ownCluster(world))?.stop("fast");
}

/** Ends a run's process, if one is at work: its journal says where the next one goes on. */
async function endRunner({ paths, clock }: Pick<LauncherWorld, "paths" | "clock">): Promise<void> {
  const pid = lockHolder(paths.runLock);
  const startTime = pid === null ? null : startTimeOf(pid);
  if (pid !== null && startTime !== null) await endProcesses([{ pid, startTime }], { clock, graceMs: GRACE_MS });
}

/** Throws `already-running` when a launcher keeps this home running. */
export async function refuseRunning(paths: HomePaths): Promise<void> {
  const other = await readJson(paths.launcher, launcherFileSchema).catch(() => null); // torn by a power cut
  if (other !== null && isRunning(other)) throw new AppError("already-running", { home: paths.home, pid: other.pid });
}

/** Writes down that this home has a launcher; what a killed one wrote is replaced. */
async function claim(paths: HomePaths): Promise<void> {
  const me = JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) });
  try {
    const file = await open(paths.launcher, "wx");
    await file.writeFile(me).finally(() => file.close());
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
    await refuseRunning(paths);
    await remove(paths.launcher);
    await claim(paths);
  }
}

type Waiting = { signal: AbortSignal; withinMs: number };

/** What must answer before a person can work. The gate opens its socket when it has the public port: only then does the port speak for it. */
export async function untilReady(
  { paths, config, clock }: Pick<LauncherWorld, "paths" | "config" | "clock">,
  { signal, withinMs }: Waiting,
) {
  const host = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[config.gate.host] ?? config.gate.host;
  const url = `http://${host}:${config.gate.port}/api/health`;
  const missing = async () => {
    if (!(await listens(paths.gateSocket))) return "The gate";
    if (!(await listens(paths.updaterSocket))) return "The update service";
    return (await answers(url, signal)) ? null : "The app";
  };
  const deadline = clock.monotonic() + withinMs;
  for (;;) {
    const service = await missing();
    if (service === null) return;
    if (clock.monotonic() > deadline) {
      const reason = `it did not come up within ${Math.round(withinMs / 1000)} seconds`;
      throw new AppError("service-unreachable", { service, reason });
    }
    await clock.sleep(POLL_MS, signal);
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetchLimited(url, { maxBytes: 64 * 1024, timeoutMs: 5000, signal })).status === 200;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return false;
    throw error;
  }
}

function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
