import { describe, expect, it } from "vitest";
import { dayDistance, dueWords, fromDay, isOpen, toDay } from "./due.ts";

const now = new Date(2026, 10, 23, 23, 30);

describe("dayDistance", () => {
  it.each([
    [new Date(2026, 10, 23, 0, 5), 0],
    [new Date(2026, 10, 24, 0, 5), 1], // 35 minutes away, but tomorrow
    [new Date(2026, 10, 22, 23, 59), -1],
    [new Date(2027, 2, 29, 1), 126], // across the change of the clocks
  ])("%s is %d days away", (day, distance) => {
    expect(dayDistance(day, now)).toBe(distance);
  });
});

describe("dueWords", () => {
  it.each([
    [0, "today"],
    [1, "tomorrow"],
    [-1, "yesterday"],
    [4, "in 4 days"],
    [7, "30 Nov 2026"],
  ])("%d days away is %j", (distance, words) => {
    expect(dueWords(new Date(2026, 10, 23 + distance, 12), distance)).toBe(words);
  });
});

describe("fromDay", () => {
  it("is noon, and comes back as the same day", () => {
    const instant = fromDay("2026-03-29");
    expect(new Date(instant ?? "").getHours()).toBe(12);
    expect(toDay(new Date(instant ?? ""))).toBe("2026-03-29");
  });
  it.each(["", "29.3.2026", "2026-3-9"])("%j is no day", (text) => {
    expect(fromDay(text)).toBeNull();
  });
});

it("takes a status that it does not know for open", () => {
  expect(["draft", "ready", "quality-check", "shipped", "cancelled"].map(isOpen)).toEqual([true, true, true, false, false]);
});
