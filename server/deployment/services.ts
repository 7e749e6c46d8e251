import { once } from "node:events";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { baseEnv } from "../platform/env.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { openLog } from "../platform/log-file.ts";
import { endProcesses, findMarked } from "../platform/marked-processes.ts";
import type { PostgresServer } from "../platform/postgres-server.ts";
import type { ProcessMark } from "../platform/process.ts";
import { spawnAttached, startTimeOf } from "../platform/process.ts";
import { SERVICE_MARK, homeMark } from "./marks.ts";
import { restart } from "./rules/restart.ts";

/** Something that the launcher keeps running. */
export type Service = {
  name: string;
  /** Starts it, or takes over what still runs of it; returns when it has ended. When the signal is aborted, ends it and waits until it is gone. */
  run: (signal: AbortSignal) => Promise<void>;
};

export type ServiceWorld = { clock: Clock; log: Log };

/** How long a service may take to end after SIGTERM, in milliseconds: the gate lets running answers end. */
const GRACE_MS = 8000;
const POLL_MS = 100;

/** Runs a service again and again until `stop`, which returns when it is gone. */
export function keepRunning(service: Service, { clock, log }: ServiceWorld): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const loop = async () => {
    let deaths = 0;
    for (;;) {
      const begun = clock.monotonic();
      await service.run(stopping.signal).catch((error: unknown) => {
        log.error({ service: service.name, err: error }, "a service could not be started");
      });
      if (stopping.signal.aborted) return;
      const next = restart(deaths, clock.monotonic() - begun);
      deaths = next.deaths;
      log.warn({ service: service.name, afterMs: next.afterMs }, "a service ended and is started again");
      const woken = await clock.sleep(next.afterMs, stopping.signal).then(
        () => false,
        () => true,
      );
      if (woken) return;
    }
  };
  const ended = loop();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

/**
 * A script of ours as a service, in a session of its own, so that Ctrl-C reaches the launcher alone, which knows the order. What a launcher
 * that was killed left running is found by its mark and ended first.
 */
export function scriptService(
  { name, words }: { name: string; words: readonly string[] },
  { paths, clock }: { paths: HomePaths; clock: Clock },
): Service {
  const run = async (signal: AbortSignal) => {
    const mark = `${await homeMark(paths)}${name}`;
    const end = (marks: readonly ProcessMark[]) =>
      endProcesses([...findMarked(SERVICE_MARK, mark), ...marks], { clock, graceMs: GRACE_MS });
    await end([]);
    const child = await spawnLogged(join(paths.logs, `${name}.log`), words, { FILAOPS_HOME: paths.home, [SERVICE_MARK]: mark });
    const gone = once(child, "exit");
    await Promise.race([gone, aborted(signal)]);
    await end(markOf(child.pid));
    await gone;
  };
  return { name, run };
}

/** A child that we started ourselves is known by more than its mark. */
function markOf(pid = 0): ProcessMark[] {
  const startTime = pid === 0 ? null : startTimeOf(pid);
  return startTime === null ? [] : [{ pid, startTime }];
}

async function spawnLogged(path: string, words: readonly string[], env: Record<string, string>) {
  const output = await openLog(path);
  try {
    return spawnAttached("setsid", words, {
      env: { ...baseEnv(), NODE_ENV: "production", ...env },
      stdio: ["ignore", output.fd, output.fd],
    });
  } finally {
    await output.close();
  }
}

/** The home's own PostgreSQL as a service; one that a killed launcher left running is taken over. */
export function clusterService(server: PostgresServer, clock: Clock): Service {
  const spawned = async (signal: AbortSignal) => {
    const child = await server.spawn({ stdio: "ignore" });
    const gone = once(child, "exit");
    await Promise.race([gone, aborted(signal)]);
    // PostgreSQL's own words for "end all sessions and shut down"; it may not have come to write down its pid yet.
    child.kill("SIGINT");
    await gone;
  };
  const takenOver = async (signal: AbortSignal) => {
    while (!signal.aborted && (await server.status()) !== null) await clock.sleep(POLL_MS, signal).catch(() => undefined);
    await server.stop("fast");
  };
  return {
    name: "postgres",
    run: async (signal) => {
      if (signal.aborted) return;
      if ((await server.status()) === null) await spawned(signal);
      else await takenOver(signal);
    },
  };
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", resolve, { once: true });
  });
}
