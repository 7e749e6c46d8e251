import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcome, StepName } from "./contract.ts";
import { readInstallation } from "./installation.ts";
import { stepsOf } from "./steps/index.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage } from "./testing/real-stage.ts";
import type { Moment } from "./testing/run-control.ts";
import { dropPutAside, ended, killRunner, momentsOf, reached, startUndo, startUpdate, tell } from "./testing/run-control.ts";
import { BAD_MIGRATION, FALLS_OVER, FIRST, GOOD } from "./testing/tiny-releases.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/**
 * The matrix of crash-matrix.test.ts for real: a whole installation, somebody who saves all the time, and a runner that is killed by SIGKILL at
 * every step. Nobody starts anything again by hand.
 */

const TRIES = 5;
let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage();
}, 240_000);
afterAll(() => stage.close());

type Played = { run: string; outcome: Outcome; pid: number };

/** Runs to the end, killed at the moment (by `null`, never), and must be whole then. The pid of whom was killed; 0 when nobody was there any more. */
async function play(kind: "update" | "undo", moment: Moment | null, version = GOOD): Promise<Played> {
  const run = kind === "update" ? await startUpdate(stage, version) : await startUndo(stage);
  let pid = 0;
  if (moment !== null) {
    expect(await reached(stage, run, moment), `the run came by "${moment.type} ${moment.step}"`).toBe(true);
    pid = await killRunner(stage);
  }
  const outcome = await ended(stage, run);
  const where = moment === null ? "left alone" : `killed ${pid || "too late"} at "${moment.type} ${moment.step}"`;
  tell(`${kind}, ${where}: ${outcome}`);
  expect(await whatIsWrong(stage, run), `${kind}, ${where}: ${outcome}`).toEqual([]);
  await stage.writer.next(20_000);
  return { run, outcome, pid };
}

/** The same, where somebody must have been killed: but for the last line, behind which the runner only says how it ended. */
async function playKilled(kind: "update" | "undo", moment: Moment): Promise<void> {
  const { pid } = await play(kind, moment);
  const isTheLast = moment.type === "done" && moment.step === "cleanup";
  if (!isTheLast) expect(pid, `somebody was there to be killed at "${moment.type} ${moment.step}"`).toBeGreaterThan(0);
}

/** On the way back the last steps are taken back within milliseconds: tried until somebody was killed at it. */
async function playKilledUndoing(step: StepName, version: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { outcome, pid } = await play("update", { type: "undoing", step }, version);
    expect(outcome).toBe("rolled_back");
    expect(await isUpdated()).toBe(false);
    if (pid !== 0) return;
  }
  expect.unreachable(`nobody was there to be killed at "undoing ${step}", ${TRIES} times`);
}

const isUpdated = async () => (await readInstallation(stage.world)).version !== FIRST;

/** Moments at which an undo is still to be killed: each goes along with an update that brought something to undo. */
const undoMoments = momentsOf("undo");

async function backToFirst(): Promise<void> {
  while (await isUpdated()) {
    const moment = undoMoments.shift();
    await (moment === undefined ? play("undo", null) : playKilled("undo", moment));
  }
  await dropPutAside(stage);
}

describe("a run whose runner is killed", () => {
  test.each(momentsOf("update"))("at $type $step of an update ends whole", { timeout: 240_000 }, async (moment) => {
    await playKilled("update", moment);
    await backToFirst();
  });

  test("at every step of an undo ends whole", { timeout: 600_000 }, async () => {
    while (undoMoments.length > 0) {
      await play("update", null);
      await backToFirst();
    }
  });
});

/** Once at some of the steps, and in one run at all of them. */
describe("a run on its way back whose runner is killed", () => {
  test.each([
    ["migrate", BAD_MIGRATION],
    ["copy", BAD_MIGRATION],
    ["pause", BAD_MIGRATION],
    ["switch", FALLS_OVER],
  ] as const)("as it undoes %s of %s, ends as before", { timeout: 240_000 }, (name, version) => playKilledUndoing(name, version));

  const observed = stepsOf.update.findIndex(({ name }) => name === "observe");

  test("again and again, in one run whose release falls over, ends as before", { timeout: 240_000 }, async () => {
    const run = await startUpdate(stage, FALLS_OVER);
    const killed: string[] = [];
    for (const { name: step } of stepsOf.update.slice(0, observed + 1).toReversed()) {
      expect(await reached(stage, run, { type: "undoing", step }), `the run came to take back ${step}`).toBe(true);
      // Whoever was killed at the step before may have come as far as this, and the next one is not there yet.
      const pid = await killRunner(stage);
      if (pid !== 0) killed.push(`${pid} at ${step}`);
    }
    expect(await ended(stage, run)).toBe("rolled_back");
    tell(`killed on the way back: ${killed.join(", ")}`);
    expect(killed.length).toBeGreaterThan(2);
    expect(await whatIsWrong(stage, run)).toEqual([]);
    await stage.writer.next(20_000);
  });
});
