import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { isErrno } from "../../platform/files.ts";
import { lockHolder } from "../../platform/lock.ts";
import { startTimeOf } from "../../platform/process.ts";
import type { Outcome, StepName } from "../contract.ts";
import { readInstallation } from "../installation.ts";
import { readRecord } from "../records.ts";
import { stepsOf } from "../steps/index.ts";
import type { RealStage } from "./real-stage.ts";
import { OPERATOR } from "./real-stage.ts";

/** A line of the journal: as soon as it is there, something is done to the run. */
export type Moment = { type: "started" | "done" | "undoing"; step: StepName };

const POLL_MS = 2;
const RUN_MS = 150_000;

/**
 * Every step of such a run, as it begins, and the commit also as it has ended; where another ends, the next one begins a millisecond later, so that
 * the same would be tried twice. A new step joins by being in `stepsOf`.
 */
export function momentsOf(kind: "update" | "undo" | "restore" | "start_fresh" | "backup"): Moment[] {
  return stepsOf[kind].flatMap(({ name: step }) => [
    { type: "started" as const, step },
    ...(step === "commit" ? [{ type: "done" as const, step }] : []),
  ]);
}

/** Starts an update as the operator does. */
export async function startUpdate(stage: RealStage, version: string): Promise<string> {
  return (await stage.as(OPERATOR).update.mutate({ version, idempotencyKey: randomUUID() })).run;
}

/** Starts the way to a version over required stops as a user does who has read what it breaks; the run of its first step. */
export async function startPath(stage: RealStage, version: string): Promise<string> {
  const user = stage.as({ kind: "user", userId: "2" });
  return (await user.update.mutate({ version, idempotencyKey: randomUUID(), acceptBreaking: true })).run;
}

/** Starts to take back the newest update. */
export async function startUndo(stage: RealStage): Promise<string> {
  const run = (await readInstallation(stage.world)).stack.at(-1)?.run;
  if (run === undefined) throw new Error("there is nothing to undo");
  return (await stage.as(OPERATOR).undo.mutate({ run, idempotencyKey: randomUUID() })).run;
}

/** Starts a backup as the operator does; the run's id. */
export async function startBackup(stage: RealStage): Promise<string> {
  return (await stage.as(OPERATOR).backupNow.mutate({ idempotencyKey: randomUUID() })).run;
}

/** Starts to restore a backup as the operator does. */
export async function startRestore(stage: RealStage, backup: string): Promise<string> {
  return (await stage.as(OPERATOR).restore.mutate({ backup, idempotencyKey: randomUUID() })).run;
}

/** Waits until the journal shows the moment; false when the run has ended without it. */
export async function reached(stage: RealStage, run: string, { type, step }: Moment): Promise<boolean> {
  const line = `"type":"${type}","step":"${step}"`;
  await until(stage, `${type} ${step}`, () => {
    const text = textOf(stage, run);
    return text.includes(line) || text.includes('"type":"finished"');
  });
  return textOf(stage, run).includes(line);
}

/** Kills whoever performs a run just now; returns its pid when it is gone, 0 when nobody did. */
export async function killRunner(stage: RealStage): Promise<number> {
  const pid = lockHolder(stage.paths.runLock);
  if (pid === null) return 0;
  await kill(stage, pid);
  // A process of several threads may look dead and still hold its files for a moment.
  await until(stage, "the run lock of the one that was killed", () => lockHolder(stage.paths.runLock) !== pid);
  return pid;
}

/** Stops whoever performs the run, does the work, and lets it go on. */
export async function whileStopped(stage: RealStage, work: () => Promise<void>): Promise<void> {
  const pid = lockHolder(stage.paths.runLock);
  if (pid === null) throw new Error("nobody performs a run");
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

/** Kills a process and waits until it is gone. */
export async function kill(stage: RealStage, pid: number, signal: "SIGKILL" | "SIGQUIT" = "SIGKILL"): Promise<void> {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
  await until(stage, `the end of ${pid}`, () => startTimeOf(pid) === null);
}

/** Waits until the run has ended, by whomever it is performed, and returns how. */
export async function ended(stage: RealStage, run: string): Promise<Outcome> {
  await until(stage, `the end of the run`, () => textOf(stage, run).includes('"type":"finished"'));
  const finished = (await readRecord(stage.paths, run))?.journal.findLast((entry) => entry.type === "finished");
  if (finished === undefined) throw new Error("the run has ended and cannot be read");
  return finished.outcome;
}

/** Looks every few milliseconds; throws when it does not come true, with the last of the journal's lines. */
export async function until(stage: RealStage, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const { clock } = stage.world;
  const deadline = clock.monotonic() + RUN_MS;
  while (!(await holds())) {
    if (clock.monotonic() > deadline) throw new Error(`waited in vain for ${what}`);
    await clock.sleep(POLL_MS);
  }
}

/** For whoever reads the test's output: what was done to whom, and how it ended. */
export function tell(sentence: string): void {
  process.stdout.write(`  ${sentence}\n`);
}

/** Databases that an undo put aside stay for days; here they would only fill the disk. */
export async function dropPutAside(stage: RealStage): Promise<void> {
  const { putAside } = await readInstallation(stage.world);
  for (const { oid } of putAside) await stage.world.databases.drop(oid);
}

function textOf({ paths }: RealStage, run: string): string {
  return readFileSync(paths.journal(run), "utf8");
}
