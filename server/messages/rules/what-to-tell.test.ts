import { describe, expect, test } from "vitest";
import type { NoticeLevel } from "../../nag/contract.ts";
import type { Channel, Told } from "../contract.ts";
import { CHANNEL, channelTo, runOf, START } from "../testing/message-stage.ts";
import type { MessageFacts } from "./what-to-tell.ts";
import { overtakenBy, whatToTell } from "./what-to-tell.ts";

const CHANNELS = [channelTo({ kind: "webhook", url: "https://hooks.example/x" })];
const HOUR = 3_600_000;
const at = (hours: number) => new Date(START.getTime() + hours * HOUR);
const ended = (hours: number) => ({ finishedAt: at(hours).toISOString() });
const problem = { code: "backup-overdue", happened: "It is late.", meaning: "All is there.", todo: "Look." };

function keys(
  facts: Partial<MessageFacts>,
  told: readonly Told[] = [],
  now = at(1),
  channels: readonly Channel[] = CHANNELS,
): string[] {
  return whatToTell(
    { runs: [], installed: "1.0.0", release: null, scheduled: null, overdue: null, ...facts },
    { told, channels },
    now,
  ).map(({ event, key }) => `${event} ${key}`);
}

/** As the outbox remembers what was told. */
function told(facts: Partial<MessageFacts>, now: Date): Told[] {
  return whatToTell(
    { runs: [], installed: "1.0.0", release: null, scheduled: null, overdue: null, ...facts },
    { told: [], channels: CHANNELS },
    now,
  ).map(({ key, channel, event, run }) => ({ key, channel, event, at: now.toISOString(), runKind: run?.kind ?? null }));
}

test.each([
  ["goes on", runOf(), "update.started run:01JD0000000000000000000RVN:started"],
  ["is complete", runOf({ outcome: "complete", ...ended(0.5) }), "update.complete run:01JD0000000000000000000RVN:ended"],
  ["went back", runOf({ outcome: "rolled_back", ...ended(0.5) }), "update.rolled_back run:01JD0000000000000000000RVN:ended"],
  ["changed nothing", runOf({ outcome: "failed", ...ended(0.5) }), "update.rolled_back run:01JD0000000000000000000RVN:ended"],
  ["was cancelled", runOf({ outcome: "cancelled", ...ended(0.5) }), "update.rolled_back run:01JD0000000000000000000RVN:ended"],
  [
    "needs a person",
    runOf({ outcome: "needs_attention", ...ended(0.5) }),
    "needs_attention run:01JD0000000000000000000RVN:ended",
  ],
  [
    "is a job that failed",
    runOf({ isJob: true, kind: "backup", outcome: "failed", ...ended(0.5) }),
    "backup.failed run:01JD0000000000000000000RVN:ended",
  ],
  [
    "is a job that needs a person",
    runOf({ isJob: true, kind: "drill", outcome: "needs_attention", ...ended(0.5) }),
    "needs_attention run:01JD0000000000000000000RVN:ended",
  ],
])("a run that %s", (_what, run, expected) => {
  expect(keys({ runs: [run] })).toEqual([expected]);
  expect(keys({ runs: [run] }, told({ runs: [run] }, at(1)))).toEqual([]);
});

test.each([
  ["goes on", runOf({ isJob: true, kind: "backup" })],
  ["is complete", runOf({ isJob: true, kind: "backup", outcome: "complete", ...ended(0.5) })],
  ["was cancelled", runOf({ isJob: true, kind: "backup", outcome: "cancelled", ...ended(0.5) })],
])("a job that %s is nobody's news", (_what, run) => {
  expect(keys({ runs: [run] })).toEqual([]);
});

test("each channel is told what it wants, and only what ended after it was there", () => {
  const run = runOf({ outcome: "complete", ...ended(0.5) });
  const other = (change: Partial<Channel>) => [
    ...CHANNELS,
    channelTo(CHANNELS[0]!.target, { id: "01JD00000000000000000TH3R0", ...change }),
  ];
  const number = (change: Partial<Channel>) => keys({ runs: [run] }, [], at(1), other(change)).length;
  expect(number({})).toBe(2);
  expect(number({ events: ["update.started"] })).toBe(1);
  expect(number({ since: at(0.6).toISOString() })).toBe(1);
});

describe("a release that is offered", () => {
  const release = (level: NoticeLevel) => ({ release: { version: "1.1.0", level } });

  test("is told once at each level, and from the channel's level on", () => {
    const urgent = [channelTo(CHANNELS[0]!.target, { level: "urgent" })];
    expect(keys(release("none"))).toEqual([]);
    expect(keys(release("warning"), told(release("subtle"), at(0)))).toEqual(["update.available available:1.1.0:warning"]);
    expect(keys(release("warning"), told(release("warning"), at(0)))).toEqual([]);
    expect(keys(release("warning"), [], at(1), urgent)).toEqual([]);
    expect(keys(release("urgent"), [], at(1), urgent)).toHaveLength(1);
    expect(keys(release("critical"), [], at(1), urgent)).toHaveLength(1);
  });

  test("is told to a channel that is new, since it still is", () => {
    expect(keys(release("subtle"), [], at(1), [channelTo(CHANNELS[0]!.target, { since: at(1).toISOString() })])).toHaveLength(1);
  });
});

test("backups that are overdue are told at once, and again each week for as long as they are", () => {
  const overdue = { overdue: { lastAt: at(-31).toISOString(), problem } };
  const first = told(overdue, at(0));
  expect(first).toHaveLength(1);
  expect(keys(overdue, first, at(24 * 5))).toEqual([]);
  expect(keys(overdue, first, at(24 * 7))).toHaveLength(1);
  expect(keys({ overdue: { lastAt: null, problem } }, [], at(0))).toEqual(["backup.overdue overdue:never:0"]);
});

describe("jobs that fail one after the other", () => {
  const job = (run: string, hours: number, change = {}) =>
    runOf({ run: `01JD0000000000000000000${run}`, isJob: true, kind: "offsite", outcome: "failed", ...ended(hours), ...change });

  test("are told once a day, the newest of them", () => {
    const runs = [job("001", 1), job("002", 2), job("003", 3)];
    const first = told({ runs: runs.slice(0, 1) }, at(1));
    expect(keys({ runs }, first, at(3))).toEqual([]);
    expect(keys({ runs }, [], at(3))).toEqual(["backup.failed run:01JD0000000000000000000003:ended"]);
    expect(keys({ runs: [...runs, job("004", 25.5)] }, first, at(26))).toEqual([
      "backup.failed run:01JD0000000000000000000004:ended",
    ]);
  });

  test("are told anew when one worked out in between, and when it is another kind of job", () => {
    const first = told({ runs: [job("001", 1)] }, at(1));
    const well = [job("001", 1), job("002", 2, { outcome: "complete" }), job("003", 3)];
    expect(keys({ runs: well }, first, at(3))).toHaveLength(1);
    expect(keys({ runs: [job("001", 1), job("002", 2, { kind: "backup" })] }, first, at(3))).toHaveLength(1);
  });
});

test.each([
  [
    "the beginning of a run that goes on",
    { key: "run:01JD0000000000000000000RVN:started", event: "update.started" },
    { runs: [runOf()] },
    null,
  ],
  [
    "the beginning of a run that ended",
    { key: "run:01JD0000000000000000000RVN:started", event: "update.started" },
    { runs: [runOf({ outcome: "complete" })] },
    "It had ended by then.",
  ],
  [
    "the level of now",
    { key: "available:1.1.0:subtle", event: "update.available" },
    { release: { version: "1.1.0", level: "subtle" } },
    null,
  ],
  [
    "a level of before",
    { key: "available:1.1.0:subtle", event: "update.available" },
    { release: { version: "1.1.0", level: "warning" } },
    "It was installed, withdrawn or told anew by then.",
  ],
  ["an end", { key: "run:x:ended", event: "needs_attention" }, {}, null],
  [
    "backups that were made meanwhile",
    { key: "overdue:never:0", event: "backup.overdue" },
    {},
    "There was a good backup by then.",
  ],
] as const)("what waits is true as long as it is: %s", (_what, waiting, facts, expected) => {
  expect(
    overtakenBy(waiting, {
      installed: "1.0.0",
      release: null,
      scheduled: null,
      overdue: null,
      ...facts,
      runs: [...("runs" in facts ? facts.runs : [])],
    }),
  ).toBe(expected);
});

test("the words say what happened, what it means and what to do", () => {
  const of = (change: Parameters<typeof runOf>[0]) =>
    whatToTell(
      { runs: [runOf({ ...ended(0.5), ...change })], installed: "1.0.0", release: null, scheduled: null, overdue: null },
      { told: [], channels: CHANNELS },
      at(1),
    )[0]!;
  expect(of({ outcome: "complete", pauseMs: 4200 })).toMatchObject({
    channel: CHANNEL,
    path: "/settings/updates/01JD0000000000000000000RVN",
    title: "The update to 1.1.0 is complete",
    text: "FilaOps is now 1.1.0.\nSaving was paused for 4 seconds.\nThere is nothing to do.",
  });
  expect(of({ outcome: "rolled_back", problem }).text).toBe(
    "FilaOps went back to 1.0.0 by itself, and nothing was lost.\nIt is late.\nAll is there.\nLook.",
  );
  expect(of({ outcome: "failed", problem: null }).text).toBe("Nothing was changed: you are on 1.0.0 as before.");
  expect(of({ outcome: "needs_attention" }).title).toBe("FilaOps needs a person");
  expect(of({ outcome: "failed", isJob: true, kind: "backup", name: "The backup" })).toMatchObject({
    title: "The backup did not work out",
    path: "/settings/backups/01JD0000000000000000000RVN",
  });
});

describe("an update that will begin by itself", () => {
  const scheduled = {
    version: "1.1.0",
    announcedAt: at(0.5).toISOString(),
    when: "on Friday, between 02:00 and 05:00",
    putOff: false,
  };
  const key = `scheduled:1.1.0:${scheduled.announcedAt}`;

  test("is told once for each announcement, with the night and what to press; not when it was put off", () => {
    expect(keys({ scheduled })).toEqual([`update.scheduled ${key}`]);
    expect(keys({ scheduled }, told({ scheduled }, at(1)))).toEqual([]);
    expect(keys({ scheduled: { ...scheduled, announcedAt: at(1).toISOString() } }, told({ scheduled }, at(1)))).toHaveLength(1);
    expect(keys({ scheduled: { ...scheduled, putOff: true } })).toEqual([]);
    const facts = { runs: [], installed: "1.0.0", release: null, scheduled, overdue: null };
    const [notice] = whatToTell(facts, { told: [], channels: CHANNELS }, at(1));
    expect(notice?.text).toContain("version 1.1.0 will be installed on Friday, between 02:00 and 05:00.");
    expect(notice?.text).toContain("“Not tonight”");
  });

  test.each([
    ["still announced", scheduled, null],
    ["put off", { ...scheduled, putOff: true }, "It was put off, installed or withdrawn by then."],
    ["announced anew", { ...scheduled, announcedAt: at(1).toISOString() }, "It was put off, installed or withdrawn by then."],
    ["withdrawn", null, "It was put off, installed or withdrawn by then."],
  ])("that is %s by the time it could be told", (_what, now, expected) => {
    const facts = { runs: [], installed: "1.0.0", release: null, scheduled: now, overdue: null };
    expect(overtakenBy({ key, event: "update.scheduled" }, facts)).toBe(expected);
  });
});
