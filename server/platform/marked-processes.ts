import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";
import { isErrno } from "./files.ts";
import type { ProcessMark } from "./process.ts";
import { isRunning, signalProcess, startTimeOf } from "./process.ts";

/** A living process whose environment holds the variable that was looked for. */
export type MarkedProcess = ProcessMark & { value: string };

const POLL_MS = 20;
/** How often, a millisecond apart, a process without an environment is looked at again. */
const EXEC_LOOKS = 5;

/**
 * Living processes whose environment, as they were started with it, has the variable `name` with a value that begins with `prefix` (/proc).
 * So a process is found although nobody came to write its pid down. Those of other users cannot be read and are not ours.
 */
export function findMarked(name: string, prefix: string): MarkedProcess[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      const pid = Number(entry);
      // The start time first: were the pid given away in between, the mark would not fit it any more.
      const startTime = startTimeOf(pid);
      const value = environmentOf(pid)[name];
      return startTime === null || value?.startsWith(prefix) !== true ? [] : [{ pid, startTime, value }];
    });
}

/** Whether this very process lives and has the mark. Start times count from boot and may repeat after the next one; a mark does not. */
export function isMarked(mark: ProcessMark, name: string, prefix: string): boolean {
  return isRunning(mark) && environmentOf(mark.pid)[name]?.startsWith(prefix) === true;
}

/** Ends processes: SIGTERM, after `graceMs` SIGKILL, and waits until all are gone. Those that are gone already are fine. */
export async function endProcesses(
  marks: readonly ProcessMark[],
  { clock, graceMs }: { clock: Pick<Clock, "monotonic" | "sleep">; graceMs: number },
): Promise<void> {
  for (const mark of marks) signalProcess(mark, "SIGTERM");
  const deadline = clock.monotonic() + graceMs;
  for (let living = marks.filter(isRunning); living.length > 0; living = living.filter(isRunning)) {
    if (clock.monotonic() > deadline) for (const mark of living) signalProcess(mark, "SIGKILL");
    await clock.sleep(POLL_MS);
  }
}

function environmentOf(pid: number): Partial<Record<string, string>> {
  let text = readEnvironment(pid);
  // In the midst of exec a process has no environment for some microseconds; whoever looks just then must not miss it. The kernel's own
  // threads never have one: they have no program either.
  for (let look = 0; text === "" && look < EXEC_LOOKS && existsSync(`/proc/${pid}/exe`); look += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    text = readEnvironment(pid);
  }
  return Object.fromEntries(
    text.split("\0").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}

function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => isErrno(error, code))) return "";
    throw error;
  }
}
