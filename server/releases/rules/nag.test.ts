import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Cap, Dismissal, NoticeLevel } from "../../nag/contract.ts";
import type { Behind } from "./nag.ts";
import { capInForce, dismissalOf, nag } from "./nag.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** In a winter that ends within the sixty days, so that the clocks of Europe and America change on the way. */
const PUBLISHED = Date.parse("2027-02-20T09:30:00.000Z");

type Releases = Behind["releases"];
const release = (version: string, at = PUBLISHED, severity: Releases[number]["severity"] = "normal"): Releases[number] => ({
  version,
  publishedAt: new Date(at).toISOString(),
  severity,
});

function tell(otherwise: Partial<Behind>, ms: number) {
  return nag({ installed: "1.0.0", releases: [release("1.1.0")], dismissal: null, cap: null, ...otherwise }, new Date(ms));
}

const levelAfter = (ms: number, otherwise: Partial<Behind> = {}) => tell(otherwise, PUBLISHED + ms).level;

describe("the seed's table: days behind, level, for how long it can be put away", () => {
  it.each([
    [0, 7, "subtle", 7 * 24],
    [8, 30, "warning", 24],
    [31, 60, "urgent", 24],
    [61, 10_000, "critical", null],
  ] as const)("%i to %i days are %s, closed for %s hours", (first, last, level, closeHours) => {
    for (const day of [first, Math.floor((first + last) / 2), last]) {
      expect(tell({}, PUBLISHED + day * DAY_MS)).toMatchObject({ level, closeHours, daysBehind: day, reason: "age" });
    }
  });
});

describe("a level changes in one millisecond", () => {
  it.each([
    [8, "subtle", "warning"],
    [31, "warning", "urgent"],
    [61, "urgent", "critical"],
  ] as const)("on day %i", (day, before, after) => {
    expect(levelAfter(day * DAY_MS - 1)).toBe(before);
    expect(levelAfter(day * DAY_MS)).toBe(after);
  });

  it.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])("and the clocks of %s play no part", (zone) => {
    vi.stubEnv("TZ", zone);
    const offset = (day: number) => new Date(PUBLISHED + day * DAY_MS).getTimezoneOffset();
    expect(offset(0)).not.toBe(offset(61));
    for (const day of [8, 31, 61]) {
      expect(tell({}, PUBLISHED + day * DAY_MS - 1).daysBehind).toBe(day - 1);
      expect(tell({}, PUBLISHED + day * DAY_MS).daysBehind).toBe(day);
    }
    vi.unstubAllEnvs();
  });
});

describe("what was missed", () => {
  it("is nothing when nothing is newer, whatever is listed", () => {
    expect(tell({ installed: "1.1.0", releases: [release("1.1.0"), release("0.9.0")] }, PUBLISHED + 90 * DAY_MS)).toMatchObject({
      level: "none",
      reason: "nothing-missed",
      versionsBehind: 0,
      newest: null,
      maySkip: false,
    });
  });
  it("is counted from the oldest that was missed, and names the newest", () => {
    const releases = [release("1.2.0", PUBLISHED + 30 * DAY_MS), release("1.1.0"), release("1.10.0", PUBLISHED + 31 * DAY_MS)];
    expect(tell({ releases }, PUBLISHED + 32 * DAY_MS)).toMatchObject({
      level: "urgent",
      daysBehind: 32,
      versionsBehind: 3,
      newest: "1.10.0",
    });
  });
  it("goes by dates and not by versions: a patch of an old line that came later is no older", () => {
    const releases = [release("1.0.9", PUBLISHED + 20 * DAY_MS), release("2.0.0")];
    expect(tell({ releases }, PUBLISHED + 21 * DAY_MS).daysBehind).toBe(21);
  });
  it("is counted anew when the oldest was withdrawn, and as before when it came back with its date", () => {
    const second = release("1.2.0", PUBLISHED + 40 * DAY_MS);
    const now = PUBLISHED + 45 * DAY_MS;
    expect(tell({ releases: [release("1.1.0"), second] }, now).level).toBe("urgent");
    expect(tell({ releases: [second] }, now)).toMatchObject({ level: "subtle", daysBehind: 5, versionsBehind: 1 });
    expect(tell({ releases: [second, release("1.1.0")] }, now).level).toBe("urgent");
    expect(tell({ releases: [second, release("1.1.0", now)] }, now)).toMatchObject({ level: "subtle", versionsBehind: 2 });
  });
  it("is told of a version that the feed does not know", () => {
    expect(tell({ installed: "1.0.5-our-own-build" }, PUBLISHED + 9 * DAY_MS)).toMatchObject({
      level: "warning",
      versionsBehind: 1,
    });
    expect(tell({ installed: "9.0.0" }, PUBLISHED + 9 * DAY_MS).level).toBe("none");
  });
  it("ages on while the feed is silent for a month", () => {
    expect([levelAfter(6 * DAY_MS), levelAfter(36 * DAY_MS)]).toEqual(["subtle", "urgent"]);
  });
  it("is new when it is dated in the future, by however much", () => {
    for (const ms of [1, DAY_MS, 4000 * DAY_MS]) {
      expect(tell({}, PUBLISHED - ms)).toMatchObject({ level: "subtle", daysBehind: 0 });
    }
  });
});

const securityOf = (version = "1.1.0") => [release(version, PUBLISHED, "security")];

describe("a release that closes a hole", () => {
  it("is a warning from the first moment, and ages as every other", () => {
    expect(tell({ releases: securityOf() }, PUBLISHED)).toMatchObject({ level: "warning", reason: "security", security: true });
    expect(tell({ releases: securityOf() }, PUBLISHED + 7 * DAY_MS)).toMatchObject({ level: "warning", reason: "security" });
    expect(tell({ releases: securityOf() }, PUBLISHED + 31 * DAY_MS)).toMatchObject({ level: "urgent", reason: "age" });
  });
  it("counts also when a later one is newer", () => {
    expect(levelAfter(0, { releases: [...securityOf(), release("1.2.0")] })).toBe("warning");
  });
  it("cannot be skipped, and counts if it was skipped before it became one", () => {
    const notice = tell({ releases: securityOf() }, PUBLISHED);
    expect(notice.maySkip).toBe(false);
    expect(dismissalOf(notice, "skipped", new Date(PUBLISHED))).toBeNull();
    expect(tell({ releases: securityOf(), dismissal: dismissed("skipped", null) }, PUBLISHED + 1).hidden).toBeNull();
  });
  it("is put away for a day at most, also by who had closed it for a week before it became one", () => {
    const dismissal = dismissed("closed", 7 * DAY_MS);
    expect(tell({ dismissal }, PUBLISHED + DAY_MS).hidden).not.toBeNull();
    expect(tell({ dismissal, releases: securityOf() }, PUBLISHED + DAY_MS - 1).hidden).not.toBeNull();
    expect(tell({ dismissal, releases: securityOf() }, PUBLISHED + DAY_MS).hidden).toBeNull();
  });
});

function dismissed(kind: Dismissal["kind"], forMs: number | null, { version = "1.1.0", at = PUBLISHED } = {}): Dismissal {
  return { kind, version, at: new Date(at).toISOString(), until: forMs === null ? null : new Date(at + forMs).toISOString() };
}

describe("putting it away", () => {
  const levels: [NoticeLevel, number, number | null][] = [
    ["subtle", 0, 7 * DAY_MS],
    ["warning", 8, DAY_MS],
    ["urgent", 31, DAY_MS],
    ["critical", 61, null],
  ];
  it.each(levels)("closing hides %s (day %i) for its time, to the millisecond", (level, day, ms) => {
    const at = PUBLISHED + day * DAY_MS;
    const dismissal = dismissalOf(tell({}, at), "closed", new Date(at));
    expect(dismissal === null).toBe(ms === null);
    if (ms === null) return;
    expect(tell({ dismissal }, at)).toMatchObject({ level, hidden: { by: "closed", until: new Date(at + ms).toISOString() } });
    expect(tell({ dismissal }, at + ms - 1).hidden).not.toBeNull();
    expect(tell({ dismissal }, at + ms).hidden).toBeNull();
  });

  it.each(levels)("Later hides %s (day %i) for 24 hours, to the millisecond", (level, day) => {
    const at = PUBLISHED + day * DAY_MS;
    const dismissal = dismissalOf(tell({}, at), "later", new Date(at));
    expect(tell({ dismissal }, at)).toMatchObject({ level, hidden: { by: "later" } });
    expect(tell({ dismissal }, at + DAY_MS - 1).hidden).not.toBeNull();
    expect(tell({ dismissal }, at + DAY_MS).hidden).toBeNull();
  });

  it.each(levels)("skipping hides %s (day %i) until there is another version", (_level, day) => {
    const at = PUBLISHED + day * DAY_MS;
    const dismissal = dismissalOf(tell({}, at), "skipped", new Date(at));
    expect(tell({ dismissal }, at + 500 * DAY_MS)).toMatchObject({ hidden: { by: "skipped", until: null } });
    const next = { dismissal, releases: [release("1.1.0"), release("1.1.1", at + DAY_MS)] };
    expect(tell(next, at + DAY_MS).hidden).toBeNull();
  });

  it("does not hide another version, be it newer or one that is left", () => {
    for (const kind of ["later", "closed"] as const) {
      const dismissal = dismissed(kind, DAY_MS);
      expect(tell({ dismissal, releases: [release("1.1.0"), release("1.2.0")] }, PUBLISHED).hidden).toBeNull();
      expect(tell({ dismissal, releases: [release("1.0.1")] }, PUBLISHED).hidden).toBeNull();
    }
  });

  it("holds when the version is withdrawn and comes back", () => {
    const dismissal = dismissed("later", DAY_MS);
    expect(tell({ dismissal, releases: [] }, PUBLISHED + 1)).toMatchObject({ level: "none", hidden: null });
    expect(tell({ dismissal }, PUBLISHED + 2).hidden).not.toBeNull();
  });

  it("keeps the level: only its sight is put away, and what nobody missed cannot be", () => {
    expect(tell({ dismissal: dismissed("skipped", null) }, PUBLISHED + 70 * DAY_MS).level).toBe("critical");
    expect(dismissalOf(tell({ releases: [] }, PUBLISHED), "later", new Date(PUBLISHED))).toBeNull();
  });

  it("does not count when it was made by a clock that was wrong", () => {
    const ahead = { at: PUBLISHED + 400 * DAY_MS };
    expect(tell({ dismissal: dismissed("later", DAY_MS, ahead) }, PUBLISHED).hidden).toBeNull();
    expect(tell({ dismissal: dismissed("skipped", null, ahead) }, PUBLISHED).hidden).toBeNull();
    expect(tell({ dismissal: dismissed("closed", 4000 * DAY_MS) }, PUBLISHED + 7 * DAY_MS).hidden).toBeNull();
  });

  it("counts across a clock that is put right by some seconds", () => {
    expect(tell({ dismissal: dismissed("later", DAY_MS) }, PUBLISHED - 60_000).hidden).not.toBeNull();
    expect(tell({ dismissal: dismissed("later", DAY_MS) }, PUBLISHED - 60_001).hidden).toBeNull();
  });
});

function cap(level: Cap["level"], untilMs: number): Cap {
  return { level, reason: "after the season", until: new Date(PUBLISHED + untilMs).toISOString(), by: "Jo", setAt: "" };
}

describe("the owner's cap", () => {
  it.each(["none", "subtle", "warning", "urgent"] as const)(
    "holds the level at %s until its end, to the millisecond",
    (level) => {
      const end = 100 * DAY_MS;
      expect(tell({ cap: cap(level, end) }, PUBLISHED + end - 1)).toMatchObject({ level, reason: "capped", daysBehind: 99 });
      expect(tell({ cap: cap(level, end) }, PUBLISHED + end)).toMatchObject({ level: "critical", reason: "age" });
    },
  );
  it("raises nothing", () => {
    expect(tell({ cap: cap("urgent", DAY_MS) }, PUBLISHED)).toMatchObject({ level: "subtle", reason: "age" });
  });
  it("hides no release that closes a hole", () => {
    for (const level of ["none", "subtle", "warning", "urgent"] as const) {
      const told = [0, 7, 8, 31, 61].map((day) =>
        levelAfter(day * DAY_MS, { cap: cap(level, 300 * DAY_MS), releases: securityOf() }),
      );
      expect(told).toEqual(["warning", "warning", "warning", "urgent", "critical"]);
    }
  });
  it("is no longer than a year, whatever clock wrote it", () => {
    expect(capInForce(cap("none", 366 * DAY_MS), new Date(PUBLISHED))).not.toBeNull();
    expect(capInForce(cap("none", 366 * DAY_MS + 1), new Date(PUBLISHED))).toBeNull();
  });
});

describe("the level", () => {
  const LEVELS: NoticeLevel[] = ["none", "subtle", "warning", "urgent", "critical"];
  const anyRelease = fc.record({
    version: fc.constantFrom("0.9.0", "1.0.0", "1.0.1", "1.1.0", "1.1.0-rc.1", "1.2.0", "2.0.0", "10.0.0"),
    publishedAt: fc.integer({ min: -400, max: 400 }).map((days) => new Date(PUBLISHED + days * DAY_MS + 1234).toISOString()),
    severity: fc.constantFrom("normal" as const, "important" as const, "security" as const),
  });
  const anyDismissal = fc.record({
    kind: fc.constantFrom("later" as const, "closed" as const, "skipped" as const),
    version: fc.constantFrom("1.1.0", "2.0.0"),
    at: fc.integer({ min: -100, max: 100 }).map((days) => new Date(PUBLISHED + days * DAY_MS).toISOString()),
    until: fc.constantFrom(null, new Date(PUBLISHED + 3 * DAY_MS).toISOString()),
  });
  const anyCap = fc.option(
    fc.record({
      level: fc.constantFrom<Cap["level"][]>("none", "subtle", "warning", "urgent"),
      days: fc.integer({ min: -50, max: 300 }),
    }),
  );

  it("never falls as time passes and releases come, unless one is withdrawn, an update is made or a cap is set; a cap that ends lifts it", () => {
    fc.assert(
      fc.property(
        fc.array(anyRelease, { maxLength: 6 }),
        fc.array(anyRelease, { maxLength: 3 }),
        fc.record({ dismissal: fc.option(anyDismissal), capped: anyCap }),
        fc.tuple(fc.integer({ min: -100, max: 300 }), fc.integer({ min: 0, max: 300 * DAY_MS })),
        (known, added, { dismissal, capped }, [day, passed]) => {
          const then = PUBLISHED + day * DAY_MS;
          const owners = capped === null ? null : cap(capped.level, (day + capped.days) * DAY_MS);
          const before = tell({ releases: known, dismissal, cap: owners }, then);
          const after = tell({ releases: [...known, ...added], dismissal, cap: owners }, then + passed);
          expect(LEVELS.indexOf(after.level)).toBeGreaterThanOrEqual(LEVELS.indexOf(before.level));
          expect(after.daysBehind).toBeGreaterThanOrEqual(before.daysBehind);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("says what it comes from", () => {
    fc.assert(
      fc.property(fc.array(anyRelease), fc.integer({ min: -100, max: 500 }), (releases, day) => {
        const notice = tell({ releases }, PUBLISHED + day * DAY_MS);
        expect(notice.level === "none").toBe(notice.versionsBehind === 0);
        expect(notice.level === "none").toBe(notice.newest === null);
        if (notice.security) expect(LEVELS.indexOf(notice.level)).toBeGreaterThanOrEqual(2);
        expect(notice.maySkip).toBe(notice.level !== "none" && !notice.security);
      }),
    );
  });
});
