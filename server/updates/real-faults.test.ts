import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connect } from "../databases/connect.ts";
import { readSecret } from "../platform/config.ts";
import { baseEnv } from "../platform/env.ts";
import { LOCK_BUSY, lockHolder, underLock } from "../platform/lock.ts";
import { spawnAttached } from "../platform/process.ts";
import type { Caller } from "../updater/contract.ts";
import { applicationName } from "./application-name.ts";
import { readInstallation } from "./installation.ts";
import { readRecord, readRecords } from "./records.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage, OPERATOR } from "./testing/real-stage.ts";
import type { Moment } from "./testing/run-control.ts";
import {
  dropPutAside,
  ended,
  kill,
  killRunner,
  reached,
  startUndo,
  startUpdate,
  tell,
  until,
  whileStopped,
} from "./testing/run-control.ts";
import { FIRST, GOOD, LONG, NEXT, SLOW } from "./testing/tiny-releases.ts";
import { VICTIMS, postmaster, readFrom } from "./testing/victims.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/** What may happen to a real installation during a run besides the death of its runner. */

const TIMEOUT_MS = 240_000;
let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage();
}, TIMEOUT_MS);
afterAll(() => stage.close());

async function expectWhole(run: string, what: string): Promise<string> {
  const outcome = await ended(stage, run);
  tell(`${what}: ${outcome}`);
  expect(await whatIsWrong(stage, run), what).toEqual([]);
  await stage.writer.next(20_000);
  return outcome;
}

async function backToFirst(): Promise<void> {
  while ((await readInstallation(stage.world)).version !== FIRST) await expectWhole(await startUndo(stage), "undo");
  await dropPutAside(stage);
}

beforeEach(backToFirst, TIMEOUT_MS);

/** At some of the steps; `npm run bench:faults` has all. */
describe("somebody else is killed during an update, which ends by itself", () => {
  const cases = [
    ["the updater", "backup"],
    ["the gate", "copy"],
    ["the gate", "observe"],
    ["the app people read from", "observe"],
  ] as const;

  test.each(cases)("%s, during %s", { timeout: TIMEOUT_MS }, async (who, step) => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "started", step })).toBe(true);
    const pid = await VICTIMS[who]!(stage);
    await kill(stage, pid);
    await expectWhole(run, `${who} (${pid}) killed during ${step}`);
  });
});

// At "observe" it was always the old app that was killed here, which nobody read from any more: that the new one may die before the commit was
// never tried.
test(
  "the new app that is killed between the switch and the commit is not kept: the run goes back",
  { timeout: TIMEOUT_MS },
  async () => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "done", step: "switch" })).toBe(true);
    const before = (await readInstallation(stage.world)).slot;
    const { state } = await stage.world.gate.report();
    expect(state.target).toMatchObject({ slot: before === "blue" ? "green" : "blue", version: GOOD });
    const pid = await readFrom(stage);
    await kill(stage, pid);
    expect(await expectWhole(run, `the new app (${pid}) killed before the commit`)).toBe("rolled_back");
  },
);

describe("PostgreSQL crashes during an update, comes back, and the update ends whole", () => {
  const moments: Moment[] = [
    { type: "started", step: "copy" },
    { type: "started", step: "migrate" },
    { type: "started", step: "switch" },
    { type: "done", step: "commit" },
  ];

  test.each(moments)("at $type $step", { timeout: TIMEOUT_MS }, async (moment) => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, moment)).toBe(true);
    const pid = await postmaster(stage);
    await kill(stage, pid, "SIGQUIT");
    const outcome = await expectWhole(run, `PostgreSQL (${pid}) crashed at "${moment.type} ${moment.step}"`);
    // What was committed stays so; that the live name is green's then is part of being whole.
    if (moment.step === "commit") expect(outcome).toBe("complete");
  });
});

test(
  "a runner that is killed inside a slow migration: its statement is ended before anything is taken back",
  { timeout: TIMEOUT_MS },
  async () => {
    const sleeping = (name: string) =>
      stage.asOwner("postgres", async (client) => {
        const sql =
          "SELECT FROM pg_stat_activity WHERE application_name LIKE $1 AND query LIKE '%pg_sleep(20)%' AND state = 'active' AND pid <> pg_backend_pid()";
        return (await client.query(sql, [name])).rowCount;
      });
    const run = await startUpdate(stage, SLOW);
    await until(stage, "the migration's sleep", async () => (await sleeping(applicationName(run))) === 1);
    const pid = await killRunner(stage);
    expect(await sleeping(applicationName(run)), "the server works on for a client that is gone").toBe(1);
    expect(await reached(stage, run, { type: "undoing", step: "migrate" })).toBe(true);
    expect(await sleeping(applicationName(run)), "while it is taken back").toBe(0);
    expect(await expectWhole(run, `${pid} killed inside a slow migration`)).toBe("rolled_back");
    expect(await sleeping("%"), "afterwards").toBe(0);
  },
);

test(
  "a superuser who connects when saving is paused already is named, and the run goes back",
  { timeout: TIMEOUT_MS },
  async () => {
    const { host, port, database } = stage.world.config.postgres;
    const login = { host, port, user: stage.cluster.superuser, password: await readSecret(stage.paths.superuserPassword) };
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "started", step: "pause" })).toBe(true);
    let session: Client | undefined;
    await whileStopped(stage, async () => {
      session = await connect(login, { database, applicationName: "pgAdmin" });
    });
    const { rows } = (await session?.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")) ?? { rows: [] };
    expect(await ended(stage, run)).toBe("rolled_back");
    await session?.end();
    const failed = (await readRecord(stage.paths, run))?.journal.find((entry) => entry.type === "failed");
    expect(failed).toMatchObject({
      step: "copy",
      problem: {
        code: "database-busy",
        happened: expect.stringContaining(`session ${rows[0]?.pid} of postgres (pgAdmin)`) as string,
      },
    });
    await expectWhole(run, "a superuser connected in the pause");
  },
);

describe("two runners", () => {
  /** Starts a second `perform-update` for the run, in the words in which the updater does it, and gives its exit code. */
  async function secondRunner(run: string): Promise<number | null> {
    const [flock, ...words] = underLock(stage.paths.runLock);
    const program = join(stage.paths.program, "bin", "perform-update.mjs");
    const env = { ...baseEnv(), FILAOPS_HOME: stage.paths.home };
    const child = spawnAttached(flock, [...words, process.execPath, program, run], { env, stdio: "ignore" });
    await once(child, "exit");
    return child.exitCode;
  }

  test("while the first is stopped, a second one does not even begin; the first goes on", { timeout: TIMEOUT_MS }, async () => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "started", step: "backup" })).toBe(true);
    const pid = lockHolder(stage.paths.runLock) ?? 0;
    process.kill(pid, "SIGSTOP");
    const before = readFileSync(stage.paths.journal(run), "utf8");
    expect(await secondRunner(run)).toBe(LOCK_BUSY);
    expect(readFileSync(stage.paths.journal(run), "utf8")).toBe(before);
    expect(lockHolder(stage.paths.runLock)).toBe(pid);
    process.kill(pid, "SIGCONT");
    expect(await expectWhole(run, `${pid} stopped and continued`)).toBe("complete");
  });
});

describe("a journal whose tail was torn", () => {
  test("loses the tail, and the run goes on", { timeout: TIMEOUT_MS }, async () => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "done", step: "backup" })).toBe(true);
    const pid = await killRunner(stage);
    appendFileSync(stage.paths.journal(run), '0badc0de {"type":"done","step":"obs');
    expect(await expectWhole(run, `${pid} killed and its journal torn`)).toBe("complete");
  });
});

describe("two people", () => {
  test("who start at once, each with a plan of their own, get the same run", { timeout: TIMEOUT_MS }, async () => {
    const before = (await readRecords(stage.paths)).length;
    const people: Caller[] = [
      { kind: "user", userId: "1" },
      { kind: "user", userId: "2" },
    ];
    const plans = await Promise.all(people.map((caller) => stage.as(caller).planUpdate.mutate({ version: GOOD })));
    const started = await Promise.all(
      people.map((caller, index) =>
        stage.as(caller).start.mutate({ plan: plans[index]!.id, idempotencyKey: `click-of-person-${index}` }),
      ),
    );
    expect(started[0]!.run).toBe(started[1]!.run);
    expect(started.map(({ joined }) => joined).toSorted()).toEqual([false, true]);
    expect(await readRecords(stage.paths)).toHaveLength(before + 1);
    expect(await expectWhole(started[0]!.run, "started by two people at once")).toBe("complete");
  });
});

describe("an update that is cancelled", () => {
  const cancel = (run: string) => stage.as(OPERATOR).cancel.mutate({ run });
  const databases = () =>
    stage.asOwner("postgres", async (client) => {
      const { rows } = await client.query<{ oid: number; name: string }>(
        "SELECT oid, datname AS name FROM pg_database ORDER BY oid",
      );
      return rows;
    });

  // Such a run once ended `failed`, with the abort of its download as the reason: a step that was broken off on wish was taken for one that failed.
  test("while it downloads, ends and has changed nothing", { timeout: TIMEOUT_MS }, async () => {
    const before = await databases();
    stage.feed.stalls = (request) => request.method === "GET" && request.url?.endsWith(".tar.gz") === true;
    try {
      const run = await startUpdate(stage, NEXT);
      expect(await reached(stage, run, { type: "started", step: "download" })).toBe(true);
      await cancel(run);
      expect(await expectWhole(run, "cancelled while it downloads")).toBe("cancelled");
    } finally {
      stage.feed.stalls = () => false;
    }
    expect(await databases()).toEqual(before);
    expect(await stage.world.driver.has(NEXT)).toBe(false);
  });

  test("while it backs up, ends and has changed nothing", { timeout: TIMEOUT_MS }, async () => {
    const before = await databases();
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "started", step: "backup" })).toBe(true);
    await cancel(run);
    expect(await expectWhole(run, "cancelled while it backs up")).toBe("cancelled");
    expect(await databases()).toEqual(before);
  });

  test("after the pause, goes on as if nobody had said anything", { timeout: TIMEOUT_MS }, async () => {
    const run = await startUpdate(stage, GOOD);
    expect(await reached(stage, run, { type: "done", step: "pause" })).toBe(true);
    await cancel(run).catch((error: unknown) => {
      tell(`refused: ${String(error)}`);
    });
    expect(await expectWhole(run, "cancelled after the pause")).toBe("complete");
  });
});

/** At the end, since nothing below a version that was committed once is installed as an update any more. */
describe("updates on top of updates", () => {
  test("go there, back, there again, and up to a version as long as may be", { timeout: TIMEOUT_MS }, async () => {
    for (const version of [GOOD, null, GOOD, null]) {
      const run = version === null ? await startUndo(stage) : await startUpdate(stage, version);
      expect(await expectWhole(run, version === null ? "undo" : `update to ${version}`)).toBe("complete");
    }
    expect(await expectWhole(await startUpdate(stage, LONG), `update to ${LONG}`)).toBe("complete");
    expect((await readInstallation(stage.world)).version).toBe(LONG);
  });

  test("are undone from the top only, and it is said why", { timeout: TIMEOUT_MS }, async () => {
    const below = await startUpdate(stage, LONG);
    await expectWhole(below, "an update");
    const top = await startUpdate(stage, NEXT);
    await expectWhole(top, "one on top of it");
    await expect(stage.as(OPERATOR).planUndo.mutate({ run: below })).rejects.toMatchObject({
      code: "nothing-to-undo",
      message: expect.stringContaining("on top of it") as string,
    });
    await backToFirst();
    await expect(stage.as(OPERATOR).planUndo.mutate({ run: top })).rejects.toMatchObject({ code: "nothing-to-undo" });
  });
});
