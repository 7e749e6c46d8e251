import { mkdtemp, open, readFile, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../databases/connect.ts";
import { readSecret } from "../platform/config.ts";
import { isErrno, remove } from "../platform/files.ts";
import { lockHolder } from "../platform/lock.ts";
import { run as runProgram } from "../platform/process.ts";
import type { Outcome } from "./contract.ts";
import { readRecord } from "./records.ts";
import { factsOf } from "./rules/status.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage, OPERATOR } from "./testing/real-stage.ts";
import type { Moment } from "./testing/run-control.ts";
import {
  ended,
  kill,
  killRunner,
  momentsOf,
  reached,
  startBackup,
  startRestore,
  tell,
  until,
  whileStopped,
} from "./testing/run-control.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/**
 * What may happen to a backup and to a restore, in every step of each: their runner is killed, PostgreSQL crashes, the disk of everything is full
 * for a while, the folder of backups cannot be written, somebody holds a lock. Whatever comes of it, the installation is whole afterwards.
 */

const DISK_BYTES = 2_000_000_000;
const FULL_MS = 6000;
const HELD_MS = 30_000;

let disk: string;
let stage: RealStage;
let first: string;

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), "filaops-faults-"));
  await runProgram("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=755`, "tmpfs", disk], {});
  stage = await openRealStage({ within: disk });
  await stage.writer.next(20_000);
  const run = await startBackup(stage);
  expect(await ended(stage, run)).toBe("complete");
  first = factsOf((await readRecord(stage.paths, run))?.journal ?? []).backup ?? "";
  await idle();
  await stage.as(OPERATOR).keepBackup.mutate({ backup: first, keep: true });
});
afterAll(async () => {
  await stage.close();
  await runProgram("umount", [disk], {});
  await remove(disk);
});

async function expectWhole(run: string, what: string): Promise<Outcome> {
  const outcome = await ended(stage, run);
  tell(`${what}: ${outcome}`);
  if (outcome === "needs_attention") tell(await readFile(stage.paths.journal(run), "utf8"));
  expect(await whatIsWrong(stage, run), what).toEqual([]);
  await stage.writer.next(60_000);
  await dropReplaced();
  return outcome;
}

/** What restores replaced would fill the small disk; the writer's rows alone say what is lost. */
async function dropReplaced(): Promise<void> {
  const { backups } = await stage.as(OPERATOR).backups.query();
  await idle();
  for (const { id, needed, keep } of backups) {
    if (!needed && !keep) await stage.as(OPERATOR).removeBackup.mutate({ backup: id });
  }
}

/** Whoever performed the last run has ended. */
function idle(): Promise<void> {
  return until(stage, "the end of the runner", () => lockHolder(stage.paths.runLock) === null);
}

const starts = {
  backup: { begin: () => startBackup(stage), moments: momentsOf("backup") },
  restore: { begin: () => startRestore(stage, first), moments: momentsOf("restore") },
};
const cases = Object.entries(starts).flatMap(([what, { begin, moments }]) =>
  moments.map((moment) => ({ what, begin, ...moment })),
);

describe("the runner is killed", () => {
  test.each(cases)("at $type $step of a $what", async ({ what, begin, type, step }) => {
    const run = await begin();
    await atMoment(run, { type, step });
    const pid = await killRunner(stage);
    await expectWhole(run, `the runner (${pid || "gone"}) killed at "${type} ${step}" of a ${what}`);
  });
});

describe("PostgreSQL crashes and comes back", () => {
  test.each(cases)("at $type $step of a $what", async ({ what, begin, type, step }) => {
    const run = await begin();
    await atMoment(run, { type, step });
    const server = await stage.cluster.status();
    await kill(stage, server?.pid ?? 0, "SIGQUIT");
    await expectWhole(run, `PostgreSQL crashed at "${type} ${step}" of a ${what}`);
  });
});

describe("the disk is full for a while", () => {
  test.each(cases)("from $type $step of a $what on", async ({ what, begin, type, step }) => {
    const run = await begin();
    await atMoment(run, { type, step });
    let filler = "";
    await whileStopped(stage, async () => {
      filler = await fill();
    });
    await stage.world.clock.sleep(FULL_MS);
    await unlink(filler);
    await expectWhole(run, `the disk full at "${type} ${step}" of a ${what}`);
  });
});

test("the folder of backups cannot be written: said, and nothing of it stays", async () => {
  const { backups } = stage.paths;
  await runProgram("mount", ["--bind", backups, backups], {});
  await runProgram("mount", ["-o", "remount,ro,bind", backups], {});
  let run;
  try {
    run = await startBackup(stage);
    expect(await ended(stage, run)).toBe("failed");
  } finally {
    await runProgram("umount", [backups], {});
  }
  const { problem } = await stage.as(OPERATOR).status.query({ run });
  tell(`the folder read-only: ${problem?.happened ?? "nothing was said"}`);
  expect(problem).toMatchObject({ code: "backup-folder-shut" });
  await expectWhole(run, "the folder of backups read-only");
});

describe("somebody holds a table", () => {
  test.each(["read-through", "pause", "switch"] as const)("from $0 of a restore on", async (step) => {
    const run = await startRestore(stage, first);
    await atMoment(run, { type: "started", step });
    const holder = await hold();
    await stage.world.clock.sleep(HELD_MS);
    await holder?.end().catch(() => undefined);
    await expectWhole(run, `a table locked from ${step} of a restore on`);
  });
});

/** False when the run has ended without it: then nothing is tried, which is told. */
async function atMoment(run: string, moment: Moment): Promise<void> {
  if (!(await reached(stage, run, moment))) tell(`"${moment.type} ${moment.step}" did not come`);
}

/** Writes a file until nothing more fits. */
async function fill(): Promise<string> {
  const path = join(disk, "filler");
  const file = await open(path, "w");
  try {
    for (const size of [10_000_000, 100_000, 4096]) {
      const block = Buffer.alloc(size, 1);
      while (await fits(file.write(block))) continue;
    }
  } finally {
    await file.close();
  }
  return path;
}

async function fits(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (isErrno(error, "ENOSPC")) return false;
    throw error;
  }
}

/** A session of somebody who may do all and does not let go; `null` when it is not let in. */
async function hold(): Promise<Client | null> {
  const { host, port, database } = stage.world.config.postgres;
  const login = { host, port, user: stage.cluster.superuser, password: await readSecret(stage.paths.superuserPassword) };
  try {
    const session = await connect(login, { database, applicationName: "psql" });
    session.on("error", () => undefined);
    await session.query("BEGIN; LOCK TABLE saves IN ACCESS EXCLUSIVE MODE");
    return session;
  } catch {
    return null;
  }
}
