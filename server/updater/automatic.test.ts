import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEntry } from "../audit/contract.ts";
import type { Backup } from "../backups/contract.ts";
import type { Cap } from "../nag/contract.ts";
import { makeFolder } from "../platform/files.ts";
import { silentLog } from "../platform/log.ts";
import type { Release, ReleaseStatus } from "../releases/contract.ts";
import { readAnnouncement } from "../updates/automatic-files.ts";
import { readRecords } from "../updates/records.ts";
import { answered, hours, instant, listed, SETTINGS } from "../updates/testing/automatic.ts";
import { layOutHome } from "../updates/testing/memory-home.ts";
import { RUN, plannedEntry } from "../updates/testing/memory-run.ts";
import { createMemoryWorld } from "../updates/testing/memory-world.ts";
import { testPlan, testUndoPlan } from "../updates/testing/plans.ts";
import type { World } from "../updates/world.ts";
import type { Automatic } from "./automatic.ts";
import { createAutomatic } from "./automatic.ts";

const CAP: Cap = { level: "subtle", reason: "The season", until: instant(500), by: "Ada", setAt: instant(-60) };

let folder: string;
let world: World;
/** Hours since a Wednesday noon. */
let hour: number;
let list: Release[];
let checkedAt: number;
let feedWorks: boolean;
let asked: number;
let lastWrite: number | null;
let cap: () => Promise<Cap | null>;
let freeBytes: number;
let spawned: string[];
let audited: Omit<AuditEntry, "v" | "at">[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "filaops-automatic-"));
  [hour, list, checkedAt, feedWorks, asked, lastWrite, freeBytes] = [-24, [listed("1.1.0")], -25, true, 0, -100, 1e12];
  cap = () => Promise.resolve(null);
  [spawned, audited] = [[], []];
  await layOut([]);
});
afterEach(() => rm(folder, { recursive: true }));

async function layOut(runs: Parameters<typeof layOutHome>[1]): Promise<void> {
  const { world: memory } = createMemoryWorld();
  const paths = await layOutHome(folder, runs);
  for (const made of [paths.run, paths.plans, paths.updates]) await makeFolder(made);
  const newest = () => ({ ...({ createdAt: instant(hour - 10), bytes: 10 } as Backup) });
  world = {
    ...memory,
    paths,
    clock: { ...memory.clock, now: () => hours(hour), monotonic: () => hour * 3_600_000 },
    freeBytes: () => Promise.resolve(freeBytes),
    backups: { ...memory.backups, listAll: () => Promise.resolve([{ backup: newest(), problem: null } as never]) },
    gate: {
      ...memory.gate,
      report: async () => ({
        ...(await memory.gate.report()),
        ...(lastWrite === null ? {} : { lastWriteAt: instant(lastWrite) }),
      }),
    },
  };
}

/** Of an updater that has just started. */
function updater(): Automatic {
  const status = () => Promise.resolve<ReleaseStatus>(answered(list, instant(checkedAt)));
  return createAutomatic({
    world,
    own: "1.0.0",
    checker: {
      status,
      check: () => {
        asked += 1;
        if (feedWorks) checkedAt = hour;
        return status();
      },
    },
    cap: () => cap(),
    audit: (entry) => Promise.resolve(void audited.push(entry)),
    spawn: (run) => Promise.resolve(void spawned.push(run)),
  });
}

/** Looks three times a minute apart, from this hour on. */
async function lookAt(at: number, automatic: Automatic = updater()): Promise<string[]> {
  const seen: string[] = [];
  for (const minute of [0, 1, 2]) {
    hour = at + minute / 60;
    if (checkedAt < hour - 6 && feedWorks) checkedAt = hour - 1;
    seen.push(await automatic.look());
  }
  return seen;
}

const announcement = () => readAnnouncement(world.paths, silentLog);
const runs = () => readRecords(world.paths);
const switchedOn = () => updater().set(SETTINGS);
const NOTHING = ["nothing", "nothing", "nothing"];

/** Switched on and announced on Tuesday noon: the first night with a day's notice is the one to Thursday, 02:00, hour 14. */
async function announcedOnTuesday(): Promise<void> {
  await switchedOn();
  expect(await lookAt(-24)).toEqual(NOTHING);
  expect(await announcement()).toMatchObject({ version: "1.1.0", announcedAt: instant(-24), notBefore: null });
}

test("is off until somebody switches it on: nothing is announced, and nothing begins", async () => {
  expect(await lookAt(14)).toEqual(NOTHING);
  expect(await announcement()).toBeNull();
  expect(await updater().view()).toMatchObject({ settings: { enabled: false, timeZone: "UTC" }, decision: { kind: "off" } });
});

test("is announced, and begun once in the first night that has a day's notice, after the feed was asked again, by itself", async () => {
  await announcedOnTuesday();
  expect(await lookAt(-10)).toEqual(NOTHING); // the night to Wednesday
  expect((await updater().view()).decision).toMatchObject({ kind: "announced", window: { start: instant(14) } });
  expect(asked).toBe(0);
  expect(await lookAt(14)).toEqual(["nothing", "started", "nothing"]);
  expect(asked).toBe(1);
  const [record, ...others] = await runs();
  expect(others).toEqual([]);
  expect(record?.plan).toMatchObject({
    kind: "update",
    from: "1.0.0",
    to: "1.1.0",
    createdBy: { kind: "system" },
    breaking: null,
  });
  expect(record?.journal[0]).toMatchObject({ actor: { kind: "system" }, idempotencyKey: "automatic-1-1-0" });
  expect(spawned).toEqual([record?.run]);
  const detail = { run: record?.run, automatic: "1.1.0" };
  expect(audited).toEqual([{ actor: { kind: "system" }, action: "updater.start", result: "done", detail }]);
  // Another updater, after whatever crash.
  expect(await lookAt(15)).toEqual(NOTHING);
  expect(await runs()).toHaveLength(1);
});

test.each([
  ["that is under way", testPlan, null, "run"],
  ["that went back", testPlan, "rolled_back", "tried"],
  ["that was cancelled", testPlan, "cancelled", "tried"],
  ["that a person has to look after", testPlan, "needs_attention", "tried"],
  ["of another kind that is under way", testUndoPlan, null, "run"],
] as const)("a run %s: the version is not begun, by whomever that was", async (_what, plan, outcome, why) => {
  const planned = plannedEntry(plan);
  const finished = { type: "finished", outcome, problem: null, at: instant(-50) } as never;
  await layOut([{ run: RUN, plan, entries: outcome === null ? [planned] : [planned, finished] }]);
  await switchedOn();
  for (const at of [-24, 14, 38]) expect(await lookAt(at)).toEqual(NOTHING);
  expect(await runs()).toHaveLength(1);
  const { decision } = await updater().view();
  if (plan === testUndoPlan) expect(decision).toMatchObject({ kind: "waiting", obstacle: { code: why } });
  else expect(decision).toEqual({ kind: "nothing", why: { code: "tried", version: "1.1.0" } });
});

describe("Not tonight", () => {
  test("lets the next night pass, once for each night that somebody saw; the night after it stands", async () => {
    await announcedOnTuesday();
    hour = 9;
    await updater().notTonight(instant(-10)); // a page of yesterday
    expect(await announcement()).toMatchObject({ notBefore: null });
    for (let click = 0; click < 2; click += 1) await updater().notTonight(instant(14));
    expect((await updater().view()).decision).toMatchObject({ kind: "announced", window: { start: instant(38) } });
    expect(await lookAt(15)).toEqual(NOTHING);
    expect(await lookAt(38)).toEqual(["nothing", "started", "nothing"]);
  });

  test("of a script puts off whatever is next, also in the midst of the window; without anything announced it does nothing", async () => {
    await updater().notTonight();
    expect(await announcement()).toBeNull();
    await announcedOnTuesday();
    hour = 14.1;
    await updater().notTonight();
    expect(await lookAt(15)).toEqual(NOTHING);
    expect(await updater().announced()).toMatchObject({
      version: "1.1.0",
      notBefore: instant(17),
      window: { start: instant(38) },
    });
  });
});

describe("is not begun", () => {
  test.each<[string, () => void]>([
    ["while somebody saves", () => (lastWrite = 14)],
    ["while the gate does not say when somebody saved", () => (lastWrite = null)],
    ["while the database cannot be asked", () => (cap = () => Promise.reject(new Error("away")))],
    ["while the feed does not answer", () => ([feedWorks, checkedAt] = [false, 13])],
    ["while there is no backup", () => (world.backups.listAll = () => Promise.resolve([]))],
    [
      "while the backups are late",
      () =>
        (world.backups.listAll = () =>
          Promise.resolve([{ backup: { createdAt: instant(-17), bytes: 1 }, problem: null } as never])),
    ],
  ])("%s, and is in the next night", async (_what, happens) => {
    await announcedOnTuesday();
    const before = { listAll: world.backups.listAll, cap };
    hour = 14;
    happens();
    expect(await lookAt(14.1)).toEqual(NOTHING);
    expect(await announcement()).toMatchObject({ version: "1.1.0", announcedAt: instant(-24) });
    [lastWrite, feedWorks] = [10, true];
    world.backups.listAll = before.listAll;
    cap = before.cap;
    expect(await lookAt(38)).toContain("started");
  });

  test("when a check of this computer forbids it; that is kept and said, and tried again in the next night only", async () => {
    await announcedOnTuesday();
    freeBytes = 1;
    expect(await lookAt(14)).toEqual(NOTHING);
    expect(await announcement()).toMatchObject({ tried: { night: instant(14), problem: { code: "plan-blocked" } } });
    freeBytes = 1e12;
    expect(await lookAt(15)).toEqual(NOTHING);
    expect((await updater().view()).decision).toMatchObject({ kind: "waiting", obstacle: { code: "tried" } });
    expect(await lookAt(38)).toContain("started");
  });

  test("when it was withdrawn since: the last question to the feed says so, and it is not announced any more", async () => {
    await announcedOnTuesday();
    const automatic = updater();
    hour = 14;
    await automatic.look();
    list = [];
    expect(await lookAt(14, automatic)).toEqual(NOTHING);
    expect(await announcement()).toBeNull();
  });

  test("as long as the owner holds notices back; afterwards it is announced anew", async () => {
    await announcedOnTuesday();
    cap = () => Promise.resolve(CAP);
    expect(await lookAt(14)).toEqual(NOTHING);
    expect(await announcement()).toBeNull();
    expect((await updater().view()).decision).toMatchObject({ why: { code: "cap" } });
    cap = () => Promise.resolve(null);
    await lookAt(15);
    expect(await announcement()).toMatchObject({ announcedAt: instant(15) });
  });
});

test("the feed is asked once in ten minutes at most, however often it is looked", async () => {
  await announcedOnTuesday();
  [feedWorks, checkedAt] = [false, 13];
  const automatic = updater();
  for (let minute = 0; minute < 30; minute += 1) {
    hour = 14 + minute / 60;
    await automatic.look();
  }
  expect(asked).toBe(3);
});

test("switched off and on again, it has a full day again", async () => {
  await announcedOnTuesday();
  await updater().set({ ...SETTINGS, enabled: false });
  expect(await announcement()).toBeNull();
  await switchedOn();
  expect(await lookAt(14)).toEqual(NOTHING);
  expect(await announcement()).toMatchObject({ announcedAt: instant(14) });
});

test("damage is never a yes: settings that cannot be read are off, an announcement that cannot is made anew", async () => {
  await announcedOnTuesday();
  await writeFile(world.paths.announcement, '{"v":1,"version":"1.1.0"');
  expect(await lookAt(14)).toEqual(NOTHING);
  expect(await announcement()).toMatchObject({ announcedAt: instant(14) });
  await writeFile(world.paths.automaticSettings, '{"v":1,"enabled":true}');
  expect(await lookAt(39)).toEqual(NOTHING);
  expect((await updater().view()).decision).toEqual({ kind: "off" });
});
