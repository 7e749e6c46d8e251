import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { baseEnv } from "./env.ts";
import { AppError } from "./errors.ts";
import { isErrno } from "./files.ts";
import { redactUrls } from "./log.ts";

export type RunOptions = {
  env?: Record<string, string>;
  cwd?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Called with every whole line of standard output. */
  onLine?: (line: string) => void;
  /** The child may not outlive us, even if we are killed (Linux: PR_SET_PDEATHSIG by util-linux's setpriv). */
  dieWithParent?: boolean;
  /**
   * At its deadline or an abort, what it started itself is ended too: it gets a process group of its own. Without it, a grandchild that keeps our
   * pipes open keeps us waiting.
   */
  endWithChildren?: boolean;
  uid?: number;
  gid?: number;
  /** Written to its standard input, which is closed then; without it, that stays open until we die. */
  input?: string;
};

export type RunResult = { stdout: string; stderr: string };

const OUTPUT_CAP = 1024 * 1024;

/**
 * Runs a program to its end. Arguments are an array and no shell reads them; secrets go by `env` or `input`. The child gets our base environment and
 * `env`, nothing else; its standard input is a pipe that closes when we die. Throws `program-missing`, `program-failed` (with the last output)
 * or `took-too-long`.
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawnPiped(program, args, options);
  const stdout = collect(child.stdout, options.onLine);
  const stderr = collect(child.stderr);
  const deadline = endAtDeadline(child, options);
  if (options.input !== undefined) {
    // A child that ended without reading it says so by how it ended.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
  }
  try {
    const exitCode = await ended(child, program);
    options.signal?.throwIfAborted();
    if (deadline.passed()) {
      throw new AppError("took-too-long", { what: program, seconds: Math.round((options.timeoutMs ?? 0) / 1000) });
    }
    if (exitCode === 0) return { stdout: stdout(), stderr: stderr() };
    const output = redactUrls((stderr() + stdout()).trim().slice(-2000));
    throw new AppError("program-failed", { program, exitCode, output });
  } finally {
    deadline.clear();
  }
}

/** Starts a program that outlives us: its own session, output to an open file descriptor. Returns its pid and start time. */
export async function spawnDetached(
  program: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd?: string; output: number; uid?: number; gid?: number },
): Promise<ProcessMark> {
  const child = spawn(program, [...args], {
    ...options,
    env: asEnvironment(options.env),
    detached: true,
    stdio: ["ignore", options.output, options.output],
  } satisfies SpawnOptions);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      reject(
        new AppError(
          "program-missing",
          { program, hint: "Install it, or correct the path in the configuration." },
          { cause: error },
        ),
      );
    });
  });
  child.unref();
  const pid = child.pid ?? 0;
  return { pid, startTime: startTimeOf(pid) ?? "0" };
}

/** Starts a program that belongs to us; the caller follows its end. For the launcher. */
export function spawnAttached(
  program: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd?: string; uid?: number; gid?: number; stdio?: SpawnOptions["stdio"] },
): ChildProcess {
  return spawn(program, [...args], { stdio: ["ignore", "inherit", "inherit"], ...options, env: asEnvironment(options.env) });
}

/** A process by pid and start time (clock ticks since boot), so that a pid used again is not taken for it. */
export type ProcessMark = { pid: number; startTime: string };

/**
 * The start time of a living process in clock ticks since boot, from /proc; `null` when there is none or it is a zombie. One whose first thread
 * has ended lives as long as the others do: until then its ports and locks are taken.
 */
export function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name stands in parentheses and may hold anything; fields are counted from behind it (proc(5): state is 3, num_threads 20,
    // starttime 22).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" && Number(fields[17]) <= 1 ? null : (fields[19] ?? null);
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ESRCH")) return null;
    throw error;
  }
}

export function isRunning(mark: ProcessMark): boolean {
  return mark.pid > 0 && startTimeOf(mark.pid) === mark.startTime;
}

/** Sends a signal to a process if it is still the one that was marked; says whether it was. */
export function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isRunning(mark)) return false;
  try {
    process.kill(mark.pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

function spawnPiped(program: string, args: readonly string[], options: RunOptions) {
  const [command, ...rest] =
    options.dieWithParent === true ? ["setpriv", "--pdeathsig", "KILL", "--", program, ...args] : [program, ...args];
  return spawn(command, rest, {
    cwd: options.cwd,
    env: asEnvironment({ ...baseEnv(), ...options.env }),
    stdio: ["pipe", "pipe", "pipe"],
    detached: options.endWithChildren === true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
}

/** Next's types say that every environment has NODE_ENV; a child has what it is given. */
function asEnvironment(env: Record<string, string>): NodeJS.ProcessEnv {
  return env as NodeJS.ProcessEnv;
}

/** Kills the child when its time is over or the caller aborts. */
function endAtDeadline(child: ChildProcess, { timeoutMs, signal, endWithChildren }: RunOptions) {
  let passed = false;
  const end = () => {
    if (endWithChildren === true) killGroup(child);
    else child.kill("SIGKILL");
  };
  const late = () => {
    passed = true;
    end();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted === true) end();
  return {
    passed: () => passed,
    clear: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    },
  };
}

/** Its pid cannot be somebody else's: we have not been told yet that it ended, or its children keep the group. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
}

function ended(child: ChildProcess, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      if (!isErrno(error, "ENOENT")) {
        reject(error);
        return;
      }
      reject(
        new AppError("program-missing", { program, hint: `Install the package that contains ${program}.` }, { cause: error }),
      );
    });
    child.once("close", (code) => {
      resolve(code);
    });
  });
}

/** Gathers a stream's text up to a cap (the end is kept) and hands on whole lines. */
function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  let text = "";
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_CAP);
    if (onLine === undefined) return;
    const lines = (rest + chunk).split("\n");
    rest = (lines.pop() ?? "").slice(-OUTPUT_CAP);
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (onLine !== undefined && rest !== "") onLine(rest);
  });
  return () => text;
}
