import fc from "fast-check";
import { expect, test } from "vitest";
import { lastTimeOfDay, nextTimeOfDay, localDay, localMonth, localWeek } from "./calendar.ts";

const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Kathmandu", "Pacific/Apia");
const instants = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
const timesOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);

const shown = (at: Date, timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);

test("the last time of day is past, at most a day and an hour ago, and what the wall showed then, unless a change left it out", () => {
  fc.assert(
    fc.property(instants, timesOfDay, zones, (now, at, timeZone) => {
      const last = lastTimeOfDay(now, at, timeZone);
      const ago = now.getTime() - last.getTime();
      expect(ago).toBeGreaterThanOrEqual(0);
      expect(ago).toBeLessThan(25.5 * 3_600_000);
      if (shown(last, timeZone) !== at) expect(shown(last, timeZone) > at).toBe(true);
      expect(lastTimeOfDay(nextTimeOfDay(now, at, timeZone), at, timeZone)).toEqual(nextTimeOfDay(now, at, timeZone));
      expect(lastTimeOfDay(new Date(nextTimeOfDay(now, at, timeZone).getTime() - 1), at, timeZone)).toEqual(last);
      // As time goes on it stays the same until the next one.
      expect(lastTimeOfDay(new Date(last.getTime()), at, timeZone)).toEqual(last);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["an ordinary night", "2026-06-10T05:00:00Z", "02:30", "2026-06-10T00:30:00.000Z"],
  ["not yet", "2026-06-10T00:29:59Z", "02:30", "2026-06-09T00:30:00.000Z"],
  ["to the millisecond", "2026-06-10T00:30:00Z", "02:30", "2026-06-10T00:30:00.000Z"],
  [
    "a time that the change to summer time leaves out counts as the change",
    "2026-03-29T05:00:00Z",
    "02:30",
    "2026-03-29T01:00:00.000Z",
  ],
  ["a time that comes twice counts the first time", "2026-10-25T05:00:00Z", "02:30", "2026-10-25T00:30:00.000Z"],
  ["and not the second", "2026-10-25T01:29:00Z", "02:30", "2026-10-25T00:30:00.000Z"],
])("%s", (_, now, at, expected) => {
  expect(lastTimeOfDay(new Date(now), at, "Europe/Berlin").toISOString()).toBe(expected);
});

test("days, weeks from Monday and months are those of the place", () => {
  const lateSunday = new Date("2026-05-31T23:30:00Z");
  expect(["UTC", "Europe/Berlin"].map((zone) => localDay(lateSunday, zone))).toEqual(["2026-05-31", "2026-06-01"]);
  expect(["UTC", "Europe/Berlin"].map((zone) => localWeek(lateSunday, zone))).toEqual(["2026-05-25", "2026-06-01"]);
  expect(["UTC", "Europe/Berlin"].map((zone) => localMonth(lateSunday, zone))).toEqual(["2026-05", "2026-06"]);
});
