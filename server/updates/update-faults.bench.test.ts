import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readInstallation } from "./installation.ts";
import { readRecord } from "./records.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage } from "./testing/real-stage.ts";
import { dropPutAside, ended, kill, momentsOf, reached, startUndo, startUpdate, tell } from "./testing/run-control.ts";
import { FIRST, GOOD } from "./testing/tiny-releases.ts";
import { VICTIMS, postmaster } from "./testing/victims.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/** What may happen to an update besides the death of its runner, in every step; `real-faults.test.ts` has a part of it. */

let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage();
});
afterAll(() => stage.close());

async function expectWhole(run: string, what: string): Promise<string> {
  const outcome = await ended(stage, run);
  tell(`${what}: ${outcome}`);
  expect(await whatIsWrong(stage, run), what).toEqual([]);
  await stage.writer.next(20_000);
  return outcome;
}

beforeEach(async () => {
  while ((await readInstallation(stage.world)).version !== FIRST) await expectWhole(await startUndo(stage), "undo");
  await dropPutAside(stage);
});

const cases = [...Object.entries(VICTIMS), ["PostgreSQL", postmaster] as const].flatMap(([who, find]) =>
  momentsOf("update").map((moment) => ({ who, find, ...moment })),
);

test.each(cases)("$who dies at $type $step", async ({ who, find, type, step }) => {
  const run = await startUpdate(stage, GOOD);
  expect(await reached(stage, run, { type, step })).toBe(true);
  const pid = await find(stage);
  await kill(stage, pid, find === postmaster ? "SIGQUIT" : "SIGKILL");
  await expectWhole(run, `${who} (${pid}) killed at "${type} ${step}"`);
});

// An undo was tried eight times within 16 seconds: a server that was away for longer left saving paused until a person came.
test("PostgreSQL stays away for 20 seconds while a run goes back, which waits for it", async () => {
  const run = await startUpdate(stage, GOOD);
  expect(await reached(stage, run, { type: "started", step: "migrate" })).toBe(true);
  const rules = join(stage.paths.cluster, "pg_hba.conf");
  await rename(rules, `${rules}.aside`); // without them it does not start again
  try {
    await kill(stage, await postmaster(stage), "SIGQUIT");
    expect(await reached(stage, run, { type: "undoing", step: "copy" })).toBe(true);
    await stage.world.clock.sleep(20_000);
    expect(await stage.cluster.status()).toBeNull();
  } finally {
    await rename(`${rules}.aside`, rules);
  }
  expect(await expectWhole(run, "PostgreSQL away for 20 seconds")).toBe("rolled_back");
  const journal = (await readRecord(stage.paths, run))?.journal ?? [];
  expect(journal.filter((entry) => entry.type === "undo-failed")).toEqual([]);
});
