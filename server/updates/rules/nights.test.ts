import fc from "fast-check";
import { expect, test } from "vitest";
import { windowWords } from "../automatic-contract.ts";
import { nextNight } from "./nights.ts";

const LONG_AGO = new Date(0);
const berlin = (from: string, to: string) => ({ from, to, timeZone: "Europe/Berlin" });

function shown(hours: Parameters<typeof nextNight>[0], now: string, notBefore = LONG_AGO): string {
  const night = nextNight(hours, new Date(now), notBefore);
  return night === null ? "none" : `${night.start.toISOString().slice(5, 16)} to ${night.end.toISOString().slice(5, 16)}`;
}

test.each([
  ["before it", berlin("02:00", "05:00"), "2026-06-10T22:00:00Z", "06-11T00:00 to 06-11T03:00"],
  ["a millisecond before it", berlin("02:00", "05:00"), "2026-06-10T23:59:59.999Z", "06-11T00:00 to 06-11T03:00"],
  ["at its first moment", berlin("02:00", "05:00"), "2026-06-11T00:00:00Z", "06-11T00:00 to 06-11T03:00"],
  ["in its last moment", berlin("02:00", "05:00"), "2026-06-11T02:59:59.999Z", "06-11T00:00 to 06-11T03:00"],
  ["at its end", berlin("02:00", "05:00"), "2026-06-11T03:00:00Z", "06-12T00:00 to 06-12T03:00"],
  ["over midnight, before midnight", berlin("22:00", "02:00"), "2026-06-10T21:30:00Z", "06-10T20:00 to 06-11T00:00"],
  ["over midnight, after midnight", berlin("22:00", "02:00"), "2026-06-10T23:30:00Z", "06-10T20:00 to 06-11T00:00"],
  ["over midnight, at its end", berlin("22:00", "02:00"), "2026-06-11T00:00:00Z", "06-11T20:00 to 06-12T00:00"],
  ["summer time begins in it", berlin("01:00", "05:00"), "2026-03-29T00:30:00Z", "03-29T00:00 to 03-29T03:00"],
  ["its beginning is left out", berlin("02:30", "05:00"), "2026-03-28T22:00:00Z", "03-29T01:00 to 03-29T03:00"],
  ["its end is left out", berlin("01:00", "02:30"), "2026-03-28T22:00:00Z", "03-29T00:00 to 03-29T01:00"],
  ["all of it is left out", berlin("02:00", "03:00"), "2026-03-28T22:00:00Z", "03-30T00:00 to 03-30T01:00"],
  ["all of it is left out, asked in the gap", berlin("02:10", "02:50"), "2026-03-29T01:00:00Z", "03-30T00:10 to 03-30T00:50"],
  ["summer time ends in it", berlin("02:00", "05:00"), "2026-10-25T00:30:00Z", "10-25T00:00 to 10-25T04:00"],
  ["it comes twice", berlin("02:00", "02:30"), "2026-10-24T22:00:00Z", "10-25T00:00 to 10-25T00:30"],
  ["it comes twice, and the first is over", berlin("02:00", "02:30"), "2026-10-25T01:10:00Z", "10-26T01:00 to 10-26T01:30"],
])("the window when %s", (_what, hours, now, expected) => {
  expect(shown(hours, now)).toBe(expected);
});

test("one that began too early does not count, to the millisecond, not even while it is open", () => {
  const now = "2026-06-11T01:00:00Z";
  const [hours, start] = [berlin("02:00", "05:00"), Date.parse("2026-06-11T00:00:00Z")];
  expect(shown(hours, now, new Date(start))).toBe("06-11T00:00 to 06-11T03:00");
  expect(shown(hours, now, new Date(start + 1))).toBe("06-12T00:00 to 06-12T03:00");
  expect(shown(hours, now, new Date("2027-01-01"))).toBe("none");
});

test("is always open or ahead, within two days, and no longer than a day and an hour", () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
  const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia");
  const instants = fc.date({ min: new Date("2024-01-01"), max: new Date("2028-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(instants, time, time, zone, (now, from, to, timeZone) => {
      fc.pre(from !== to);
      const night = nextNight({ from, to, timeZone }, now, LONG_AGO);
      if (night === null) throw new Error("there is always one");
      const [start, end] = [night.start.getTime() - now.getTime(), night.end.getTime() - now.getTime()];
      expect(end).toBeGreaterThan(Math.max(0, start));
      expect(start).toBeLessThan(75 * 3_600_000);
      expect(end - start).toBeLessThanOrEqual(25 * 3_600_000);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["02:00", "05:00", "in the night to Saturday, 28 November, between 02:00 and 05:00"],
  ["22:00", "02:00", "in the night to Saturday, 28 November, between 22:00 and 02:00"],
  ["22:00", "23:30", "on Friday, 27 November, between 22:00 and 23:30"],
  ["09:00", "11:00", "on Friday, 27 November, between 09:00 and 11:00"],
])("from %s to %s it is called by its day", (from, to, expected) => {
  const hours = berlin(from, to);
  const night = nextNight(hours, new Date("2026-11-27T05:00:00Z"), LONG_AGO);
  const window = { start: night?.start.toISOString() ?? "", end: night?.end.toISOString() ?? "" };
  expect(windowWords(window, "Europe/Berlin")).toBe(expected);
});
