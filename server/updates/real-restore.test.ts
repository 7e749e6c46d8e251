import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readInstallation } from "./installation.ts";
import { readRecord } from "./records.ts";
import { factsOf } from "./rules/status.ts";
import type { RealStage } from "./testing/real-stage.ts";
import { openRealStage, OPERATOR } from "./testing/real-stage.ts";
import type { Moment } from "./testing/run-control.ts";
import {
  dropPutAside,
  ended,
  killRunner,
  momentsOf,
  reached,
  startBackup,
  startRestore,
  startUndo,
  startUpdate,
  tell,
} from "./testing/run-control.ts";
import { GOOD } from "./testing/tiny-releases.ts";
import { whatIsWrong } from "./testing/wholeness.ts";

/** Backups and restores of a whole installation, while somebody saves all the time. Nobody starts anything again by hand. */

const TIMEOUT_MS = 240_000;
let stage: RealStage;
/** Made before anything else happened. */
let first: string;

beforeAll(async () => {
  stage = await openRealStage();
  await stage.writer.next(20_000);
  first = await backUp();
}, TIMEOUT_MS);
afterAll(() => stage.close());

async function expectWhole(run: string, outcome = "complete"): Promise<void> {
  expect(await ended(stage, run)).toBe(outcome);
  expect(await whatIsWrong(stage, run)).toEqual([]);
  await stage.writer.next(20_000);
}

async function backUp(): Promise<string> {
  const run = await startBackup(stage);
  await expectWhole(run);
  const made = await readRecord(stage.paths, run);
  const { backup } = factsOf(made?.journal ?? []);
  if (backup === undefined) throw new Error("the run made no backup");
  return backup;
}

const listed = async (id: string) => (await stage.as(OPERATOR).backups.query()).backups.find((backup) => backup.id === id);

test(
  "a backup is made and read through while everybody works; it is tried, and nobody notices",
  { timeout: TIMEOUT_MS },
  async () => {
    expect(await listed(first)).toMatchObject({ state: "verified", drilled: null, stays: "newest", needed: false });
    const others = stage.writer.others();
    const { run } = await stage.as(OPERATOR).drillBackup.mutate({ backup: first, idempotencyKey: "the-drill-of-a-test" });
    await expectWhole(run);
    expect(await listed(first)).toMatchObject({ drilled: { seconds: expect.any(Number) as number } });
    expect(stage.writer.others()).toEqual(others);
    // More are made below than the rules keep of one day.
    await stage.as(OPERATOR).keepBackup.mutate({ backup: first, keep: true });
  },
);

test(
  "a restore takes back what was saved since, ends all sessions, and is undone like an update",
  { timeout: TIMEOUT_MS },
  async () => {
    const epoch = await stage.world.sessionEpoch.read();
    const restored = await startRestore(stage, first);
    await expectWhole(restored);
    const { stack } = await readInstallation(stage.world);
    expect(stack.at(-1)?.run).toBe(restored);
    expect(await stage.world.sessionEpoch.read()).toBe(epoch + 1);
    const safety = (await stage.as(OPERATOR).backups.query()).backups.find(({ backup }) => backup?.kind === "safety");
    expect(safety).toMatchObject({ state: "verified", needed: true });
    await expect(stage.as(OPERATOR).removeBackup.mutate({ backup: safety!.id })).rejects.toMatchObject({ code: "backup-needed" });
    await expectWhole(await startUndo(stage));
    expect(await stage.world.sessionEpoch.read()).toBe(epoch + 2);
    await dropPutAside(stage);
  },
);

test(
  "an older backup is brought forward; one of a newer version is refused with the version",
  { timeout: TIMEOUT_MS },
  async () => {
    await expectWhole(await startUpdate(stage, GOOD));
    const newer = await backUp();
    await expectWhole(await startRestore(stage, first));
    const head = await stage.asOwner(
      "filaops",
      async (client) => (await client.query("SELECT note FROM saves LIMIT 1")).rowCount,
    );
    expect(head).toBe(1);
    await expectWhole(await startUndo(stage)); // of the restore
    await expectWhole(await startUndo(stage)); // of the update
    await expect(startRestore(stage, newer)).rejects.toMatchObject({
      code: "backup-newer",
      message: expect.stringContaining(GOOD) as string,
    });
    await dropPutAside(stage);
  },
);

test.each(["backup", "retain"] as const)(
  "a backup whose runner is killed at %s is whole or not there",
  { timeout: TIMEOUT_MS },
  async (step) => {
    const run = await startBackup(stage);
    expect(await reached(stage, run, { type: "started", step })).toBe(true);
    const pid = await killRunner(stage);
    tell(`backup, killed ${pid || "too late"} at "started ${step}": ${await ended(stage, run)}`);
    expect(await whatIsWrong(stage, run)).toEqual([]);
    const { backups } = await stage.as(OPERATOR).backups.query();
    expect(backups.filter(({ state }) => state !== "verified")).toEqual([]);
  },
);

/** At what is its own; what it shares with an update, `real-crash.test.ts` has, and `npm run bench:faults` has every step of it. */
describe("a restore whose runner is killed", () => {
  const OWN = ["backup", "load", "migrate", "prepare", "switch", "commit"];
  const moments: Moment[] = momentsOf("restore").filter(({ step }) => OWN.includes(step));
  test.each(moments)("at $type $step ends whole", { timeout: TIMEOUT_MS }, async (moment) => {
    const run = await startRestore(stage, first);
    expect(await reached(stage, run, moment)).toBe(true);
    const pid = await killRunner(stage);
    const outcome = await ended(stage, run);
    tell(`restore, killed ${pid || "too late"} at "${moment.type} ${moment.step}": ${outcome}`);
    expect(await whatIsWrong(stage, run)).toEqual([]);
    await stage.writer.next(20_000);
  });
});

test(
  "a backup with one flipped bit is found before anything stops, said, and not restored",
  { timeout: TIMEOUT_MS },
  async () => {
    const bad = await backUp();
    const folder = join(stage.paths.backup(bad), "database");
    const name = (await readdir(folder)).find((file) => /\.dat\.(gz|zst)$/.test(file))!;
    const file = await open(join(folder, name), "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 20);
    byte[0]! ^= 1;
    await file.write(byte, 0, 1, 20);
    await file.close();
    const run = await startRestore(stage, bad);
    await expectWhole(run, "failed");
    expect((await stage.as(OPERATOR).status.query({ run })).problem).toMatchObject({ code: "backup-damaged" });
    expect(await listed(bad)).toMatchObject({ state: "damaged", problem: { code: "backup-damaged" } });
    await expect(startRestore(stage, bad)).rejects.toMatchObject({ code: "backup-damaged" });
  },
);
