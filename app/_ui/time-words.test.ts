import { describe, expect, it } from "vitest";
import { relativeTime, utcTime } from "./time-words.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("relativeTime", () => {
  it.each([
    [0, "just now"],
    [-30 * SECOND, "just now"],
    [-50 * SECOND, "1 minute ago"],
    [-10 * MINUTE, "10 minutes ago"],
    [3 * HOUR, "in 3 hours"],
    [-25 * HOUR, "yesterday"],
    [2 * DAY, "in 2 days"],
    [-20 * DAY, "3 Nov 2026"],
  ])("%d ms away is %j", (distance, words) => {
    expect(relativeTime(new Date(NOW + distance), NOW)).toBe(words);
  });
});

it("says the same in UTC on every machine", () => {
  expect(utcTime(new Date(NOW))).toBe("2026-11-23 12:00 UTC");
});
