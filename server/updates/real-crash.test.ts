import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage();
}, 240_000);
afterAll(() => stage.close());

/** Behind it the runner only says how it ended, and may be gone before anybody can kill it. */
const isTheLast = ({ type, step }: Moment) => type === "done" && step === "cleanup";

/** Runs to the end, killed at the moment (by `null`, never), and must be whole then. */
async function play(kind: "update" | "undo", moment: Moment | null, version = GOOD): Promise<string> {
  const run = kind === "update" ? await startUpdate(stage, version) : await startUndo(stage);
  let where = "left alone";
  if (moment !== null) {
    where = `at "${moment.type} ${moment.step}"`;
    expect(await reached(stage, run, moment), `the run came by ${where}`).toBe(true);
    const pid = await killRunner(stage);
    if (!isTheLast(moment)) expect(pid, `somebody was there to be killed ${where}`).toBeGreaterThan(0);
    where = `killed ${pid || "too late"} ${where}`;
  }
  const outcome = await ended(stage, run);
  tell(`${kind}, ${where}: ${outcome}`);
  expect(await whatIsWrong(stage, run), `${kind}, ${where}: ${outcome}`).toEqual([]);
  await stage.writer.next(20_000);
  return run;
}

const isUpdated = async () => (await readInstallation(stage.world)).version !== FIRST;

/** Moments at which an undo is still to be killed: each goes along with an update that brought something to undo. */
const undoMoments = momentsOf("undo");

async function backToFirst(): Promise<void> {
  while (await isUpdated()) await play("undo", undoMoments.shift() ?? null);
  await dropPutAside(stage);
}

describe("a run whose runner is killed", () => {
  test.each(momentsOf("update"))("at $type $step of an update ends whole", { timeout: 240_000 }, async (moment) => {
    await play("update", moment);
    await backToFirst();
  });

  test("at every step of an undo ends whole", { timeout: 600_000 }, async () => {
    while (undoMoments.length > 0) {
      await play("update", null);
      await backToFirst();
    }
  });
});

describe("a run on its way back whose runner is killed", () => {
  const untilMigrate = stepsOf.update.slice(0, stepsOf.update.findIndex(({ name }) => name === "migrate") + 1);

  test.each(untilMigrate)(
    "as it undoes $name after a migration that failed, ends as before",
    { timeout: 240_000 },
    async ({ name }) => {
      const run = await play("update", { type: "undoing", step: name }, BAD_MIGRATION);
      expect(await ended(stage, run)).toBe("rolled_back");
      expect(await isUpdated()).toBe(false);
    },
  );

  const observed = stepsOf.update.findIndex(({ name }) => name === "observe");
  const sinceMigrate = stepsOf.update.slice(untilMigrate.length, observed + 1);

  test.each(sinceMigrate)(
    "as it undoes $name of a release that falls over, ends as before",
    { timeout: 240_000 },
    async ({ name }) => {
      const run = await play("update", { type: "undoing", step: name }, FALLS_OVER);
      expect(await ended(stage, run)).toBe("rolled_back");
      expect(await isUpdated()).toBe(false);
    },
  );

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
