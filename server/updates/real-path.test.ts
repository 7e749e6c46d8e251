import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockHolder } from "../platform/lock.ts";
import type { ChainStatus } from "./chain-contract.ts";
import { readChain } from "./chain.ts";
import { readInstallation } from "./installation.ts";
import { readRecords } from "./records.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage } from "./testing/real-stage.ts";
import { ended, kill, reached, startPath, tell, until } from "./testing/run-control.ts";
import { AFTER_STOPS, FIRST, STOPS } from "./testing/tiny-releases.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/** Paths over required stops in a whole installation, while somebody saves all the time. Nobody starts a further step by hand. */

const TIMEOUT_MS = 240_000;
let stage: RealStage;
beforeAll(async () => {
  stage = await openRealStage({ kind: "paths" });
}, TIMEOUT_MS);
afterAll(() => stage.close());

/** The newest run of the path, when that has come to this. */
async function untilPath(state: ChainStatus["state"]): Promise<string> {
  await until(stage, `a path that is "${state}"`, async () => (await readChain(stage.paths))?.state === state);
  return (await readChain(stage.paths))!.run;
}

async function expectWhole(run: string, version: string): Promise<void> {
  expect(await whatIsWrong(stage, run)).toEqual([]);
  await stage.writer.next(20_000);
  expect((await readInstallation(stage.world)).version).toBe(version);
}

/** What was begun, by whom, and how it ended. */
async function runs(): Promise<string[]> {
  return (await readRecords(stage.paths)).map(({ plan, journal }) => {
    const planned = journal.find((entry) => entry.type === "planned");
    const finished = journal.findLast((entry) => entry.type === "finished");
    const by = planned?.actor.kind === "user" ? planned.actor.name : (planned?.actor.kind ?? "nobody");
    return `${by}: ${plan.from} → ${plan.to} ${finished?.outcome ?? "open"}`;
  });
}

const FIRST_STEP = `Two: ${FIRST} → ${STOPS[0]} complete`;

test("a path that is ended after its first step stays there", { timeout: TIMEOUT_MS }, async () => {
  const first = await startPath(stage, STOPS[1]);
  // Too late for the step itself, which is not to be taken back any more.
  expect(await reached(stage, first, { type: "done", step: "commit" })).toBe(true);
  await stage.as({ kind: "user", userId: "1" }).cancel.mutate({ run: first });
  expect(await ended(stage, first)).toBe("complete");
  expect(await untilPath("ended")).toBe(first);
  expect(await readChain(stage.paths)).toMatchObject({ index: 0, endedBy: { name: "One" }, problem: null });
  await expectWhole(first, STOPS[0]);
  expect(await runs()).toEqual([FIRST_STEP]);
});

test("a path is walked to its end, whoever kills the update service between two steps", { timeout: TIMEOUT_MS }, async () => {
  const second = await startPath(stage, AFTER_STOPS);
  expect(await ended(stage, second)).toBe("complete");
  const pid = lockHolder(stage.paths.updaterLock);
  if (pid !== null) await kill(stage, pid);
  tell(`the update service was killed between two steps: ${pid ?? "nobody was there"}`);
  await expectWhole(await untilPath("complete"), AFTER_STOPS);
  const steps = [FIRST_STEP, `Two: ${STOPS[0]} → ${STOPS[1]} complete`, `Two: ${STOPS[1]} → ${AFTER_STOPS} complete`];
  expect(await runs()).toEqual(steps);
  // Each has a way back of its own, and somebody who began it.
  expect((await readInstallation(stage.world)).stack).toHaveLength(3);
  const audit = readFileSync(stage.paths.audit, "utf8").trim().split("\n");
  const begun = audit.map((line) => JSON.parse(line) as { action: string }).filter(({ action }) => action === "updater.start");
  expect(begun).toMatchObject(steps.map(() => ({ actor: { name: "Two" }, result: "done" })));
});
