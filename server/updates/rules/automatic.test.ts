import { describe, expect, test } from "vitest";
import type { AutomaticDecision, AutomaticSettings } from "../automatic-contract.ts";
import { announced, answered, factsAt, hours, instant, listed, SETTINGS } from "../testing/automatic.ts";
import type { AutomaticFacts } from "./automatic.ts";
import { announcedNight, decideAutomatic } from "./automatic.ts";

/** Thursday, 02:00 to 05:00. */
const WINDOW = { start: instant(14), end: instant(17) };
const IN_IT = hours(15);
const START = { kind: "start", version: "1.1.0", window: WINDOW };
const MINUTE = 1 / 60;
const MS = 1 / 3_600_000;
const problem = { code: "plan-blocked", happened: "No.", meaning: "Nothing.", todo: "Look." };

function decide(now: Date, facts: Partial<AutomaticFacts> = {}, settings: Partial<AutomaticSettings> = {}): AutomaticDecision {
  return decideAutomatic({ ...SETTINGS, ...settings }, factsAt(now, facts), now);
}
const releasesOf = (...versions: Parameters<typeof listed>[]) => ({
  releases: answered(
    versions.map((one) => listed(...one)),
    IN_IT.toISOString(),
  ),
});
const manifestOf = (version: string, otherwise: object) => ({ manifest: { ...listed(version).manifest, ...otherwise } });
const change = { title: "Labels are new", detail: "All of them." };

test("all is well: it is begun in the window, and only there, to the millisecond", () => {
  expect(decide(hours(14 - MS))).toEqual({ kind: "announced", version: "1.1.0", window: WINDOW, obstacle: null });
  expect(decide(hours(14))).toEqual(START);
  expect(decide(hours(17 - 10 * MINUTE))).toEqual(START);
  expect(decide(hours(17 - 10 * MINUTE + MS))).toMatchObject({ kind: "waiting", obstacle: { code: "late" } });
  expect(decide(hours(17))).toMatchObject({ kind: "announced", window: { start: instant(38) } });
});

test("switched off, nothing is looked at", () => {
  expect(decide(IN_IT, {}, { enabled: false })).toEqual({ kind: "off" });
});

describe("the announcement", () => {
  test.each([
    ["there is none", null],
    ["it is of another version", announced("1.0.9", instant(-24))],
    ["it is of the future", announced("1.1.0", instant(15 + MINUTE + MS))],
    ["it is put off further than anybody can", announced("1.1.0", instant(-24), { notBefore: instant(24 * 30) })],
  ])("comes first when %s", (_what, announcement) => {
    expect(decide(IN_IT, { announcement })).toEqual({ kind: "announce", version: "1.1.0" });
  });

  test("has to be a day old when the window begins, to the millisecond", () => {
    expect(decide(IN_IT, { announcement: announced("1.1.0", instant(-10)) })).toEqual(START);
    const late = announced("1.1.0", instant(-10 + MS));
    expect(decide(IN_IT, { announcement: late })).toMatchObject({ kind: "announced", window: { start: instant(38) } });
    expect(decide(hours(39), { announcement: late, lastWriteAt: instant(0) })).toMatchObject({ kind: "start" });
  });

  test("is put off for one night by Not tonight, and stands for the next one", () => {
    const off = announced("1.1.0", instant(-24), { notBefore: WINDOW.end });
    expect(decide(IN_IT, { announcement: off })).toMatchObject({ kind: "announced", window: { start: instant(38) } });
    expect(decide(hours(38), { announcement: off })).toMatchObject({ kind: "start", window: { start: instant(38) } });
    expect(announcedNight(SETTINGS, off, IN_IT)?.start).toEqual(hours(38));
    expect(announcedNight(SETTINGS, null, IN_IT)).toBeNull();
  });

  test("has its first night, also when a newer version becomes old enough; after that the newer one is announced", () => {
    const both = releasesOf(["1.2.0"], ["1.1.0"]);
    expect(decide(IN_IT, both)).toEqual(START);
    expect(decide(hours(17 - MS), both)).toMatchObject({ kind: "waiting", version: "1.1.0" });
    expect(decide(hours(17), both)).toEqual({ kind: "announce", version: "1.2.0" });
  });

  test("of what was withdrawn gives way to what is left", () => {
    const announcement = announced("1.2.0", instant(-24));
    expect(decide(IN_IT, { announcement })).toEqual({ kind: "announce", version: "1.1.0" });
    expect(decide(IN_IT, { announcement, ...releasesOf() })).toEqual({ kind: "nothing", why: { code: "newest" } });
  });
});

describe("which release", () => {
  test("is so many full days old, to the millisecond", () => {
    const aged = (hoursOld: number) => releasesOf(["1.1.0", { hoursOld: hoursOld - 15 }]);
    expect(decide(IN_IT, aged(7 * 24))).toEqual(START);
    expect(decide(IN_IT, aged(7 * 24 - MS))).toEqual({
      kind: "nothing",
      why: { code: "too-young", version: "1.1.0", days: 6, minAgeDays: 7 },
    });
    expect(decide(IN_IT, aged(3 * 24), { minAgeDays: 3 })).toEqual(START);
    expect(decide(IN_IT, aged(-50))).toMatchObject({ why: { code: "too-young", days: 0 } });
  });

  test.each<[string, Partial<AutomaticFacts>, object]>([
    ["was tried here", { tried: ["1.1.0"] }, { code: "tried", version: "1.1.0" }],
    ["was brought by hand", releasesOf(["1.1.0", { bundle: true, archiveUrl: null }]), { code: "brought", version: "1.1.0" }],
    ["lists changes", releasesOf(["1.1.0", manifestOf("1.1.0", { breaking: [change] })]), { code: "breaking", version: "1.1.0" }],
    ["cannot take over the data", releasesOf(["1.1.0", manifestOf("1.1.0", { migratable: false })]), { code: "breaking" }],
    ["is another major", releasesOf(["2.0.0"]), { code: "breaking", version: "2.0.0" }],
    [
      "is another minor below 1.0.0",
      { ...releasesOf(["0.3.0"]), installed: "0.2.0", highestCommitted: "0.2.0" },
      { code: "breaking" },
    ],
    [
      "needs a stop",
      releasesOf(["1.2.0", manifestOf("1.2.0", { upgradeFrom: "1.1.0" })], ["1.1.0", { hoursOld: 0 }]),
      { code: "too-young", version: "1.1.0" },
    ],
    [
      "passes one that lists changes",
      releasesOf(["1.2.0"], ["1.1.0", manifestOf("1.1.0", { breaking: [change] })]),
      { code: "breaking", version: "1.2.0" },
    ],
    ["needs a newer update service", releasesOf(["1.1.0", manifestOf("1.1.0", { minUpdater: "1.1.0" })]), { code: "breaking" }],
    ["is a pre-release by the feed's flag", releasesOf(["1.1.0", { prerelease: true }]), { code: "newest" }],
    ["is a pre-release by its dash", releasesOf(["1.1.0-beta.1"]), { code: "newest" }],
    ["is below what was installed once", { highestCommitted: "1.2.0" }, { code: "newest" }],
    ["is what is installed", { installed: "1.1.0" }, { code: "newest" }],
  ])("is none that %s", (_what, facts, why) => {
    expect(decide(IN_IT, facts)).toMatchObject({ kind: "nothing", why });
  });

  test("is the newest that fits: what is too young, breaking or tried above it is passed over", () => {
    const facts = releasesOf(["2.0.0"], ["1.3.0", { hoursOld: 24 }], ["1.2.0"], ["1.1.0"], ["1.0.1"]);
    expect(decide(IN_IT, { ...facts, tried: ["1.2.0"] })).toEqual(START);
  });
});

describe("the feed", () => {
  test.each<[string, AutomaticFacts["releases"]]>([
    ["failed since", { ...factsAt(IN_IT).releases, stale: { since: instant(14), problem } } as AutomaticFacts["releases"]],
    ["never answered", { kind: "unknown", since: null, problem }],
    ["answered a day ago and a millisecond", answered([listed("1.1.0")], instant(15 - 24 - MS))],
    ["answered in the future", answered([listed("1.1.0")], instant(15 + MINUTE + MS))],
  ])("that %s: what is announced waits, and nothing new is announced", (_what, releases) => {
    expect(decide(IN_IT, { releases })).toMatchObject({ kind: "waiting", version: "1.1.0", obstacle: { code: "feed" } });
    expect(decide(IN_IT, { releases, announcement: null })).toEqual({ kind: "nothing", why: { code: "feed" } });
    const before = decide(hours(13), { releases: { kind: "unknown", since: null, problem } });
    expect(before).toMatchObject({ kind: "announced", obstacle: { code: "feed" } });
  });

  test("is asked once more when nothing else is in the way, and believed for ten minutes", () => {
    const at = (minutes: number) => ({ releases: answered([listed("1.1.0")], instant(15 - minutes * MINUTE)) });
    expect(decide(IN_IT, at(10))).toEqual(START);
    expect(decide(IN_IT, at(10 + 60_000 * MS))).toMatchObject({ kind: "waiting", obstacle: { code: "asking" } });
    expect(decide(IN_IT, { ...at(30), lastWriteAt: instant(15) })).toMatchObject({ obstacle: { code: "saving" } });
  });
});

describe("what stands in the way in the window", () => {
  test("is somebody who saved a moment ago, to the millisecond, and that it is not known", () => {
    expect(decide(IN_IT, { lastWriteAt: instant(15 - 15 * MINUTE) })).toEqual(START);
    const at = instant(15 - 15 * MINUTE + MS);
    expect(decide(IN_IT, { lastWriteAt: at })).toMatchObject({ kind: "waiting", obstacle: { code: "saving", at } });
    expect(decide(IN_IT, { lastWriteAt: null })).toMatchObject({ kind: "waiting", obstacle: { code: "saving", at: null } });
    expect(decide(IN_IT, { lastWriteAt: instant(16) })).toMatchObject({ obstacle: { code: "saving" } });
    expect(decide(IN_IT, { lastWriteAt: instant(15 - 5 * MINUTE) }, { quietMinutes: 5 })).toEqual(START);
  });

  test.each<[Partial<AutomaticFacts>, object]>([
    [{ busy: "run" }, { code: "run" }],
    [{ busy: "handover" }, { code: "handover" }],
    [{ busy: "person" }, { code: "person" }],
    [{ backup: "none-there" }, { code: "backup", concern: "none-there" }],
    [{ backup: "overdue" }, { code: "backup", concern: "overdue" }],
    [{ backup: "shrunk" }, { code: "backup", concern: "shrunk" }],
    [{ cap: "unknown" }, { code: "database" }],
    [{ announcement: announced("1.1.0", instant(-24), { tried: { night: instant(14), problem } }) }, { code: "tried", problem }],
  ])("is %j", (facts, obstacle) => {
    expect(decide(IN_IT, facts)).toEqual({ kind: "waiting", version: "1.1.0", window: WINDOW, obstacle });
  });

  test("is said before the night where it lasts until somebody does something", () => {
    expect(decide(hours(10), { backup: "overdue" })).toMatchObject({ kind: "announced", obstacle: { code: "backup" } });
    expect(decide(hours(10), { busy: "run" })).toMatchObject({ kind: "announced", obstacle: null });
  });

  test("in the night before is tried again in the next one", () => {
    const announcement = announced("1.1.0", instant(-24), { tried: { night: instant(14), problem } });
    expect(decide(hours(39), { announcement })).toMatchObject({ kind: "start", window: { start: instant(38) } });
  });
});

test("as long as the owner holds notices back, nothing is installed by itself, to the millisecond", () => {
  const cap = { level: "subtle", reason: "The season", until: instant(15), by: "Ada", setAt: instant(0) } as const;
  expect(decide(hours(15 - MS), { cap })).toEqual({ kind: "nothing", why: { code: "cap", until: instant(15) } });
  expect(decide(IN_IT, { cap })).toEqual(START);
});
