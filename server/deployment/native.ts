import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { Problem } from "../platform/contract.ts";
import { versionSchema } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { diskBytes } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { freePort } from "../platform/free-port.ts";
import { newUlid } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import { openLog } from "../platform/log-file.ts";
import type { MarkedProcess } from "../platform/marked-processes.ts";
import { endProcesses, findMarked, isMarked } from "../platform/marked-processes.ts";
import type { ProcessMark } from "../platform/process.ts";
import { run, signalProcess, spawnDetached } from "../platform/process.ts";
import { archiveAnswers, fetchRelease, hasRelease, removeRelease } from "./artifacts.ts";
import type { Instance, SlotName } from "./contract.ts";
import type { Driver, RunOnceOptions } from "./driver.ts";
import { askHealth } from "./health.ts";
import { commandEnvironment, instanceEnvironment } from "./instance-environment.ts";
import { INSTANCE_MARK, homeMark } from "./marks.ts";
import { problemOf } from "./rules/problem-line.ts";
import { readSlots, recordSlot } from "./slots.ts";

export type NativeWorld = { paths: HomePaths; config: Config; clock: Clock; log: Log };

/** How long an instance may take to end after SIGTERM, in milliseconds: it answers what it is working on. */
const GRACE_MS = 5000;

/**
 * App instances as detached processes on a loopback port per slot. Which process is an instance is said by a mark in its environment, not by
 * `slots.json`: one that was started by a caller who was killed before writing it down is found all the same, and keeps no port.
 */
export function createNativeDriver(world: NativeWorld): Driver {
  const { paths, clock } = world;
  return {
    // What it needs it was given by the installer, and nobody else declares it.
    misfits: () => Promise.resolve([]),
    inspect: () => readSlots(paths),
    has: (version) => hasRelease(paths, version),
    answers: (release) => archiveAnswers(paths, release),
    fetch: (release, options) => fetchRelease(paths, release, { ...options, clock }),
    answersAgain: (version) => presence(paths, version),
    fetchAgain: (version) => presence(paths, version),
    // Nobody but us knows what the folder is for, or removes it.
    keep: () => Promise.resolve(),
    start: (slot, version, database) => start(world, { slot, version: versionSchema.parse(version), database }),

    async park(slot) {
      await setParked(paths, slot, true);
    },

    async stop(slot) {
      await endProcesses(await processesOf(paths, slot), { clock, graceMs: GRACE_MS });
      if ((await readSlots(paths))[slot] !== undefined) await recordSlot(paths, slot, null);
    },

    async health(slot) {
      const instance = (await readSlots(paths))[slot];
      if (instance === undefined || !(await lives(paths, instance))) return { kind: "stopped" };
      const health = await askHealth(instance);
      // It may have died while it was asked, and the answer be somebody else's.
      return (await lives(paths, instance)) ? health : { kind: "stopped" };
    },

    // What shall run is written in the journals, and who starts native processes reads them.
    settle: () => Promise.resolve(),
    runOnce: (version, command, options) => runOnce(world, version, { ...options, command }),
    // They die with whoever runs them.
    endCommands: () => Promise.resolve(),
    // The launcher looks for wishes itself.
    handOver: () => Promise.resolve(),
    bytes: (version) => diskBytes(paths.release(versionSchema.parse(version))),
    remove: (version) => removeRelease(paths, version),
  };
}

async function presence(paths: HomePaths, version: string): Promise<void> {
  if (await hasRelease(paths, version)) return;
  const todo = `Put the folder releases/${version} back, from a copy of FilaOps' home, then try again.`;
  throw new AppError("version-gone", { version, reason: "its folder was removed", todo });
}

type Wanted = Pick<Instance, "slot" | "version" | "database">;

async function start(world: NativeWorld, wanted: Wanted): Promise<Instance> {
  const { paths, config, clock } = world;
  const recorded = (await readSlots(paths))[wanted.slot];
  const found = await processesOf(paths, wanted.slot);
  const current = found.find(({ pid, startTime }) => recorded?.pid === pid && recorded.startTime === startTime);
  if (recorded !== undefined && current !== undefined && serves(recorded, wanted, config)) {
    const strays = found.filter((process) => process.value !== current.value);
    await endProcesses(strays, { clock, graceMs: GRACE_MS });
    return (await setParked(paths, wanted.slot, false)) ?? recorded;
  }
  if (!(await hasRelease(paths, wanted.version))) throw new AppError("release-missing", { version: wanted.version });
  await endProcesses(found, { clock, graceMs: GRACE_MS });
  return spawnInstance(world, wanted);
}

/** Killed anywhere in here, we leave a process with a mark at most, which the next `start` or `stop` of the slot finds. */
async function spawnInstance({ paths, config, clock, log }: NativeWorld, wanted: Wanted): Promise<Instance> {
  const port = wanted.slot === "trial" ? await freePort() : config.slots[wanted.slot];
  const mark = `${await markOf(paths, wanted.slot)}${newUlid(clock)}`;
  const env = await instanceEnvironment({ paths, config }, { ...wanted, port, mark });
  const output = await openLog(join(paths.logs, `web-${wanted.slot}.log`));
  let process: ProcessMark;
  try {
    process = await spawnDetached(globalThis.process.execPath, ["server.js"], {
      env,
      cwd: paths.release(wanted.version),
      output: output.fd,
    });
  } finally {
    await output.close();
  }
  const instance: Instance = { ...wanted, ...process, restarts: 0, host: "127.0.0.1", port, parked: false };
  try {
    await recordSlot(paths, wanted.slot, instance);
  } catch (error) {
    signalProcess(process, "SIGKILL");
    throw error;
  }
  log.info({ ...wanted, pid: instance.pid, port }, "an app instance was started");
  return instance;
}

async function setParked(paths: HomePaths, slot: SlotName, parked: boolean): Promise<Instance | null> {
  const instance = (await readSlots(paths))[slot];
  if (instance === undefined || instance.parked === parked) return instance ?? null;
  await recordSlot(paths, slot, { ...instance, parked });
  return { ...instance, parked };
}

function serves(instance: Instance, wanted: Wanted, config: Config): boolean {
  const port = wanted.slot === "trial" ? instance.port : config.slots[wanted.slot];
  return instance.version === wanted.version && instance.database === wanted.database && instance.port === port;
}

async function lives(paths: HomePaths, instance: Instance): Promise<boolean> {
  return isMarked(instance, INSTANCE_MARK, await markOf(paths, instance.slot));
}

/** Every living process that was ever started for the slot, recorded or not. */
async function processesOf(paths: HomePaths, slot: SlotName): Promise<MarkedProcess[]> {
  return findMarked(INSTANCE_MARK, await markOf(paths, slot));
}

async function markOf(paths: HomePaths, slot: SlotName): Promise<string> {
  return `${await homeMark(paths)}${slot}/`;
}

async function runOnce(world: NativeWorld, version: string, options: RunOnceOptions & { command: "migrate" }): Promise<void> {
  if (!(await hasRelease(world.paths, version))) throw new AppError("release-missing", { version });
  const reported: Problem[] = [];
  const onLine = (line: string) => {
    const problem = problemOf(line);
    if (problem === null) options.onLine?.(line);
    else reported.push(problem);
  };
  try {
    await run(process.execPath, [join("bin", `${options.command}.mjs`)], {
      cwd: world.paths.release(version),
      env: await commandEnvironment(world, options),
      dieWithParent: true,
      onLine,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    const problem = reported.at(-1);
    if (problem === undefined || !isAppError(error, "program-failed")) throw error;
    throw AppError.reported(problem, { cause: error });
  }
}
