import { expect, it } from "vitest";
import { aboutDuration, amount, bytes, measured, moment, pauseWords, plural } from "./words.ts";

it("names a moment in the reader's zone, and says which where that is not known", () => {
  expect(moment("2026-11-24T02:00:00.000Z", "UTC")).toBe("24 November 2026, 02:00 UTC");
  expect(moment("2026-11-24T02:00:00.000Z")).toMatch(/^2[34] November 2026, \d\d:\d\d$/);
});

it.each([
  [0, "about a second"],
  [1400, "about a second"],
  [1500, "about 2 seconds"],
  [9400, "about 9 seconds"],
  [12_000, "about 10 seconds"],
  [38_000, "about 40 seconds"],
  [54_000, "about 55 seconds"],
  [61_000, "about a minute"],
  [240_000, "about 4 minutes"],
  [3_400_000, "about an hour"],
  [3 * 3_600_000, "about 3 hours"],
])("%d ms is %s", (ms, words) => {
  expect(aboutDuration(ms)).toBe(words);
});

it.each([
  [20, "under 0.1 s"],
  [430, "0.4 s"],
  [9940, "9.9 s"],
  [9960, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h"],
  [4_200_000, "1 h 10 min"],
])("%d ms were measured as %s", (ms, words) => {
  expect(measured(ms)).toBe(words);
});

it.each([
  [0, "less than a second"],
  [999, "less than a second"],
  [1000, "1 second"],
  [3100, "4 seconds"],
  [90_000, "90 seconds"],
  [91_000, "2 minutes"],
])("a pause of %d ms was %s, never rounded down", (ms, words) => {
  expect(pauseWords(ms)).toBe(words);
});

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1500, "1.5 kB"],
  [85_400_000, "85 MB"],
  [1_400_000_000, "1.4 GB"],
])("%d is %s", (value, words) => {
  expect(bytes(value)).toBe(words);
});

it.each([
  [41e6, 85e6, "bytes", "41 of 85 MB"],
  [900e3, 85e6, "bytes", "900 kB of 85 MB"],
  [41e6, null, "bytes", "41 MB"],
  [1_200_000, 1_900_000, "rows", "1.2 of 1.9 million rows"],
  [4012, 8000, "rows", "4,012 of 8,000 rows"],
  [1, 1, "migrations", "1 of 1 change"],
  [2, 3, "migrations", "2 of 3 changes"],
  [1.4, 3, "seconds", "1 of 3 seconds"],
  [1, null, "checks", "1 check"],
  [7, 23, "steps", "Step 7 of 23"],
] as const)("%d of %s %s is %s", (done, total, unit, words) => {
  expect(amount(done, total, unit)).toBe(words);
});

it("counts in words", () => {
  expect([plural(1, "order"), plural(4012, "order"), plural(2, "entry", "entries")]).toEqual([
    "1 order",
    "4,012 orders",
    "2 entries",
  ]);
});
