import { describe, expect, test } from "vitest";
import type { Seen } from "./due.ts";
import { concern, due } from "./due.ts";

const SETTINGS = {
  since: "2026-06-01T12:00:00.000Z",
  schedule: { enabled: true, at: "02:00", timeZone: "UTC", weeklyDrill: true },
};
const at = (time: string) => new Date(`2026-06-${time}:00.000Z`);
const tried = (time: string, worked: boolean | null) => ({ at: at(time).toISOString(), worked });
const seen = (over: Partial<Seen>): Seen => ({
  now: at("10T02:00"),
  backups: [],
  drills: [],
  copies: [],
  hasGoodBackup: false,
  uncopiedSince: null,
  ...over,
});

describe("what is due", () => {
  const done = [tried("10T02:00", true)];
  const lastWeek = [tried("03T02:05", true)];
  test.each<[string, Partial<Seen>, string]>([
    ["at the time of day, a backup", {}, "backup"],
    ["a minute before, when the night before was done", { now: at("10T01:59"), backups: [tried("09T02:00", true)] }, "nothing"],
    ["a night that was missed, once", { now: at("10T19:00"), backups: [tried("08T02:00", true)] }, "backup"],
    ["one that was made up for is done", { now: at("10T19:30"), backups: [tried("10T19:00", true)] }, "nothing"],
    ["one that is under way is not begun again", { backups: [tried("10T02:00", null)] }, "nothing"],
    ["one that failed waits half an hour", { now: at("10T02:29"), backups: [tried("10T02:00", false)] }, "nothing"],
    ["and is tried again", { now: at("10T02:30"), backups: [tried("10T02:00", false)] }, "backup"],
    [
      "three times at most",
      { now: at("10T09:00"), backups: [tried("10T02:00", false), tried("10T02:30", false), tried("10T03:00", false)] },
      "nothing",
    ],
    ["with a backup that was never tried, a trial", { backups: done, hasGoodBackup: true }, "drill"],
    ["without a good one, none", { backups: done }, "nothing"],
    ["a week after the last", { backups: done, hasGoodBackup: true, drills: lastWeek }, "drill"],
    ["not within the week", { backups: done, hasGoodBackup: true, drills: [tried("04T02:05", true)] }, "nothing"],
    ["a trial that failed waits as well", { backups: done, hasGoodBackup: true, drills: [tried("10T01:59", false)] }, "drill"],
    ["half an hour", { backups: done, hasGoodBackup: true, drills: [tried("10T02:00", false)] }, "nothing"],
    [
      "the newest is copied elsewhere before it is tried",
      { backups: done, hasGoodBackup: true, uncopiedSince: at("10T02:00").toISOString() },
      "offsite",
    ],
    ["a backup comes before its copy", { uncopiedSince: at("09T02:00").toISOString() }, "backup"],
    [
      "a copying that is under way is not begun again",
      { backups: done, uncopiedSince: at("10T02:00").toISOString(), copies: [tried("10T02:00", null)] },
      "nothing",
    ],
    [
      "one that failed waits an hour",
      { now: at("10T02:59"), backups: done, uncopiedSince: at("10T02:00").toISOString(), copies: [tried("10T02:00", false)] },
      "nothing",
    ],
    [
      "and is tried again",
      { now: at("10T03:00"), backups: done, uncopiedSince: at("10T02:00").toISOString(), copies: [tried("10T02:00", false)] },
      "offsite",
    ],
    [
      "a newer backup is copied at once",
      { now: at("10T02:30"), backups: done, uncopiedSince: at("10T02:30").toISOString(), copies: [tried("10T02:10", false)] },
      "offsite",
    ],
  ])("%s", (_, over, expected) => {
    expect(due(SETTINGS, seen(over))).toBe(expected);
  });

  test("nothing before the first time after it was set, and nothing when it is off", () => {
    expect(due(SETTINGS, seen({ now: at("02T01:59") }))).toBe("nothing");
    expect(due(SETTINGS, seen({ now: at("02T02:00") }))).toBe("backup");
    expect(due({ ...SETTINGS, schedule: { ...SETTINGS.schedule, enabled: false } }, seen({}))).toBe("nothing");
    expect(
      due({ ...SETTINGS, schedule: { ...SETTINGS.schedule, weeklyDrill: false } }, seen({ backups: done, hasGoodBackup: true })),
    ).toBe("nothing");
  });
});

describe("what is worth a look", () => {
  const good = (time: string, bytes = 100) => ({ createdAt: at(time).toISOString(), bytes });
  test.each([
    ["nothing", [good("10T02:00"), good("09T02:00")], "none"],
    ["half the size is not less than half", [good("10T02:00", 50), good("09T02:00")], "none"],
    ["less than half is", [good("10T02:00", 49), good("09T02:00")], "shrunk"],
    ["a night and a half", [good("08T21:00")], "overdue"],
    ["none at all", [], "overdue"],
  ])("%s", (_, backups, kind) => {
    expect(concern(SETTINGS, backups, at("10T03:01")).kind).toBe(kind);
  });

  test("without a schedule nothing is late, and a new schedule is not late at once", () => {
    const off = { ...SETTINGS, schedule: { ...SETTINGS.schedule, enabled: false } };
    expect(concern(off, [], at("10T03:00"))).toEqual({ kind: "none" });
    expect(concern({ ...SETTINGS, since: at("09T12:00").toISOString() }, [], at("10T03:00"))).toEqual({ kind: "none" });
  });
});
