import { once } from "node:events";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { baseEnv } from "../platform/env.ts";
import type { HomePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import type { BoundPort } from "../platform/listener.ts";
import { LISTENER, LISTENER_FD } from "../platform/listener.ts";
import type { Log } from "../platform/log.ts";
import { openLog } from "../platform/log-file.ts";
import { endProcesses, findMarked } from "../platform/marked-processes.ts";
import type { PostgresServer } from "../platform/postgres-server.ts";
import type { ProcessMark } from "../platform/process.ts";
import { signalProcess, spawnAttached, startTimeOf } from "../platform/process.ts";
import { SERVICE_MARK, homeMark } from "./marks.ts";
import { restart } from "./rules/restart.ts";

/** Something that the launcher keeps running. */
export type Service = {
  name: string;
  /**
   * Starts it, or takes over what still runs of it; returns when it has ended. When `stop` is aborted, ends it and waits until it is gone. When
   * `retire` is, another one does its work already, and it may end when nobody needs it any more.
   */
  run: (stop: AbortSignal, retire: AbortSignal) => Promise<void>;
};

export type Kept = {
  /** Ends it, and returns when it is gone. */
  stop: () => Promise<void>;
  /** The same, without haste. */
  retire: () => Promise<void>;
  /** How often it has ended by itself. */
  deaths: () => number;
};

export type ServiceWorld = { clock: Clock; log: Log };

/** How long a service may take to end after SIGTERM, in milliseconds: the gate lets running answers end. */
const GRACE_MS = 8000;
/** How long one may take that retires: longer than a gate gives itself. */
const RETIRE_MS = 75_000;
const POLL_MS = 100;

/** Runs a service again and again until it shall no more. */
export function keepRunning(service: Service, { clock, log }: ServiceWorld): Kept {
  const [stopping, retiring] = [new AbortController(), new AbortController()];
  const leaving = AbortSignal.any([stopping.signal, retiring.signal]);
  let total = 0;
  const loop = async () => {
    let deaths = 0;
    for (;;) {
      const begun = clock.monotonic();
      await service.run(stopping.signal, retiring.signal).catch((error: unknown) => {
        log.error({ service: service.name, err: error }, "a service could not be started");
      });
      if (leaving.aborted) return;
      total += 1;
      const next = restart(deaths, clock.monotonic() - begun);
      deaths = next.deaths;
      log.warn({ service: service.name, afterMs: next.afterMs }, "a service ended and is started again");
      const woken = await clock.sleep(next.afterMs, leaving).then(
        () => false,
        () => true,
      );
      if (woken) return;
    }
  };
  const ended = loop();
  const by = (controller: AbortController) => async () => {
    controller.abort();
    await ended;
  };
  return { stop: by(stopping), retire: by(retiring), deaths: () => total };
}

export type Script = {
  name: string;
  /** The file that is run, asked for each time. */
  program: () => string;
  /** The port that it is given, if it is to be given one. */
  port?: () => Promise<BoundPort | null>;
};

/**
 * A script of ours as a service, in a session of its own, so that Ctrl-C reaches the launcher alone, which knows the order. It is known by a mark,
 * which holds a nonce: two of the same name may run at once while one takes over from the other.
 */
export function scriptService(script: Script, { paths, clock }: { paths: HomePaths; clock: Clock }): Service {
  const { name } = script;
  const nonce = newUlid(clock);
  const run = async (stop: AbortSignal, retire: AbortSignal) => {
    const mark = `${await homeMark(paths)}${name}/${nonce}`;
    const port = (await script.port?.()) ?? null;
    const words = [process.execPath, script.program()];
    const child = await spawnLogged(join(paths.logs, `${name}.log`), words, {
      env: { FILAOPS_HOME: paths.home, [SERVICE_MARK]: mark, ...(port === null ? {} : { [LISTENER]: String(LISTENER_FD) }) },
      port,
    });
    const over = new AbortController();
    const gone = once(child, "exit").finally(() => {
      over.abort();
    });
    await Promise.race([gone, aborted(stop), aborted(retire)]);
    const ours = markOf(child.pid);
    if (retire.aborted && ours.some((one) => signalProcess(one, "SIGUSR2"))) {
      await clock.sleep(RETIRE_MS, AbortSignal.any([stop, over.signal])).catch(() => undefined);
    }
    await endProcesses([...findMarked(SERVICE_MARK, mark), ...ours], { clock, graceMs: GRACE_MS });
    await gone;
  };
  return { name, run };
}

/** Ends what a launcher that was killed left running of its scripts. */
export async function endScripts({ paths, clock }: { paths: HomePaths; clock: Clock }): Promise<void> {
  await endProcesses(findMarked(SERVICE_MARK, await homeMark(paths)), { clock, graceMs: GRACE_MS });
}

/** A child that we started ourselves is known by more than its mark. */
function markOf(pid = 0): ProcessMark[] {
  const startTime = pid === 0 ? null : startTimeOf(pid);
  return startTime === null ? [] : [{ pid, startTime }];
}

async function spawnLogged(
  path: string,
  words: readonly string[],
  { env, port }: { env: Record<string, string>; port: BoundPort | null },
) {
  const output = await openLog(path);
  try {
    return spawnAttached("setsid", words, {
      env: { ...baseEnv(), NODE_ENV: "production", ...env },
      stdio: ["ignore", output.fd, output.fd, ...(port === null ? [] : [port.fd])],
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
