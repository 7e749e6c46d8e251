import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readInstallation } from "./installation.ts";
import { readRecord } from "./records.ts";
import { stepsWith } from "./rules/decide.ts";
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

/** Runs to the end, killed at the moment (by `null`, never), and must be whole then. */
async function play(kind: "update" | "undo", moment: Moment | null, version = GOOD): Promise<string> {
  const run = kind === "update" ? await startUpdate(stage, version) : await startUndo(stage);
  let pid = 0;
  if (moment !== null && (await reached(stage, run, moment))) pid = await killRunner(stage);
  const outcome = await ended(stage, run);
  const where = moment === null ? "left alone" : `killed ${pid || "too late"} at "${moment.type} ${moment.step}"`;
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

  test("at every step of it, in one run whose release falls over, ends as before", { timeout: 240_000 }, async () => {
    const run = await startUpdate(stage, FALLS_OVER);
    const killed: string[] = [];
    for (const { name: step } of stepsOf.update.toReversed()) {
      // Steps that this release does not come to are passed over: its commit is never started.
      const journal = (await readRecord(stage.paths, run))?.journal ?? [];
      const isBack = journal.some((entry) => entry.type === "failed");
      if (isBack && !stepsWith("started", journal).has(step)) continue;
      if (!isBack && ["commit", "open", "cleanup"].includes(step)) continue;
      const pid = (await reached(stage, run, { type: "undoing", step })) ? await killRunner(stage) : 0;
      if (pid !== 0) killed.push(`${pid} at ${step}`);
    }
    expect(await ended(stage, run)).toBe("rolled_back");
    tell(`killed on the way back: ${killed.join(", ")}`);
    // The quick ones may be over before anybody can be killed at them.
    expect(killed.length).toBeGreaterThan(2);
    expect(await whatIsWrong(stage, run)).toEqual([]);
    await stage.writer.next(20_000);
  });
});
