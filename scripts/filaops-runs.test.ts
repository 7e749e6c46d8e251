import { copyFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { systemClock } from "../server/platform/clock.ts";
import { AppError } from "../server/platform/errors.ts";
import { makeFolder } from "../server/platform/files.ts";
import { newUlid } from "../server/platform/ids.ts";
import type { HomeStage, Ran } from "../server/updater/testing/home-stage.ts";
import { allWell, DEAD, setHomeStage } from "../server/updater/testing/home-stage.ts";
import { createJournal, openJournal } from "../server/updates/journal.ts";
import { readRecords } from "../server/updates/records.ts";
import { readStatus } from "../server/updates/status-file.ts";

/** What the command line says to the shell of runs that do not end well, are in each other's way, or are called off. */

let stage: HomeStage;
beforeAll(async () => {
  stage = await setHomeStage();
  stage.start("gate");
  stage.start("updater");
  await allWell(stage);
});
afterAll(() => stage.close());

const json = ({ stdout }: Ran) => JSON.parse(stdout) as Record<string, unknown>;

/** Begins an update whose download never comes, and waits until it is there. */
async function beginStalled(): Promise<{ run: string; ended: Promise<Ran> }> {
  // The preflight only asks whether it is there.
  stage.feed.stalls = ({ method, url }) => method === "GET" && url?.endsWith(".tar.gz") === true;
  const ended = stage.filaops(["update", "1.1.0", "--yes", "--json"]);
  const run = await vi.waitUntil(
    async () => {
      const status = await readStatus(stage.paths);
      const stalled =
        status?.outcome === null && status.steps.some(({ name, state }) => name === "download" && state === "running");
      return stalled ? status.run : null;
    },
    { timeout: 30_000, interval: 50 },
  );
  return { run, ended };
}

test("while a run is under way, another one is busy (75), and says which; cancelled, it ends 1, for who follows it too", async () => {
  await stage.filaops(["check"]);
  const { run, ended } = await beginStalled();
  for (const args of [
    ["update", "9.9.9", "--yes"],
    ["undo", "--yes"],
  ]) {
    const second = await stage.filaops([...args, "--json"]);
    expect([second.code, json(second)]).toEqual([75, { run }]);
  }
  expect(await stage.filaops(["undo", "--yes"])).toMatchObject({
    code: 75,
    stdout: expect.stringContaining(`Another run is under way; \`filaops log ${run}\``) as string,
  });
  const cancelled = await stage.filaops(["cancel", "--json"]);
  expect([cancelled.code, json(cancelled)]).toMatchObject([1, { run, outcome: "cancelled" }]);
  expect(await ended).toMatchObject({ code: 1 });
  expect(await stage.filaops(["status"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("was cancelled; nothing was changed.") as string,
  });
});

test("with no run under way there is nothing to cancel, and that is said", async () => {
  const nothing = await stage.filaops(["cancel"]);
  expect(nothing).toMatchObject({ code: 1, stdout: expect.stringContaining("No run is under way.") as string });
});

test("a fresh start says what it sets aside, and begins only with the farm's name", async () => {
  const unnamed = await stage.filaops(["start-fresh", "1.1.0"]);
  expect(unnamed).toMatchObject({ code: 2, stdout: expect.stringContaining("begins with an empty database") as string });
  const wrong = await stage.filaops(["start-fresh", "1.1.0", "--farm-name", "another farm", "--json"]);
  expect([wrong.code, json(wrong)]).toMatchObject([1, { problem: { code: "farm-name-wrong" } }]);
});

test("an update that went back by itself ends 1 and says why; the same version can be planned again, and the doctor finds all well", async () => {
  stage.feed.stalls = () => false;
  stage.feed.publish(DEAD);
  await stage.filaops(["check"]);
  const told = await stage.filaops(["update", DEAD, "--yes", "--json"]);
  expect([told.code, json(told)]).toMatchObject([
    1,
    { to: DEAD, outcome: "rolled_back", problem: { code: "release-not-healthy" } },
  ]);
  expect(await stage.filaops(["plan", DEAD, "--json"])).toMatchObject({ code: 0 });
  await allWell(stage);
  stage.feed.withdraw(DEAD);
});

/** A run that could not be ended without a person, as its runner would leave it. */
async function leaveNeedingAttention(): Promise<string> {
  const last = (await readRecords(stage.paths)).at(-1);
  const planned = last?.journal.find((entry) => entry.type === "planned");
  if (last === undefined || planned === undefined) throw new Error("there was a run before");
  const run = newUlid(systemClock);
  const at = systemClock.now().toISOString();
  await makeFolder(stage.paths.update(run));
  await copyFile(stage.paths.updatePlan(last.run), stage.paths.updatePlan(run));
  await createJournal(stage.paths.journal(run), { ...planned, run, idempotencyKey: `key of ${run}`, at });
  const journal = await openJournal(stage.paths.journal(run), () => Promise.resolve());
  const { problem } = new AppError("data-changed", { what: "the content of a table" });
  await journal.append({ type: "finished", outcome: "needs_attention", problem, at });
  await journal.close();
  return run;
}

test("after a run that needs a person nothing begins, until `settle` says that it was put right", async () => {
  const run = await leaveNeedingAttention();
  expect(json(await stage.filaops(["status", "--json"]))).toMatchObject({ needsAttention: run });
  await stage.filaops(["check"]);
  const refused = await stage.filaops(["update", "1.1.0", "--yes", "--json"]);
  expect([refused.code, json(refused)]).toMatchObject([3, { problem: { code: "needs-person-first" } }]);
  const settled = await stage.filaops(["settle", "--json"]);
  expect([settled.code, json(settled)]).toEqual([0, { settled: true }]);
  expect(json(await stage.filaops(["status", "--json"]))).toMatchObject({ needsAttention: null });
  const updated = await stage.filaops(["update", "1.1.0", "--yes", "--json"]);
  expect([updated.code, json(updated)]).toMatchObject([0, { outcome: "complete" }]);
});
