import { describe, expect, it } from "vitest";
import { backupSettingsInputSchema } from "../../../../server/updater/backup-contract.ts";
import { isSameName } from "../../../../server/accounts/farm-contract.ts";
import { matchingZones, readValues, rulesSentence, scheduleSentence, valuesOf } from "./settings-view.ts";

const schedule = { enabled: true, at: "02:00", timeZone: "Europe/Berlin", weeklyDrill: true };
const retention = { last: 5, daily: 7, weekly: 4, monthly: 6, minimum: 3 };

it.each([
  [
    schedule,
    "A backup is made every day at 02:00 (Europe/Berlin). Every week the newest one is restored on trial, to prove that it can be.",
  ],
  [{ ...schedule, weeklyDrill: false }, "A backup is made every day at 02:00 (Europe/Berlin)."],
  [{ ...schedule, enabled: false }, "No backup is made by itself, except before an update, a restore and a fresh start."],
])("%o in words", (given, words) => {
  expect(scheduleSentence(given)).toBe(words);
});

it.each([
  [
    retention,
    "The newest 5 stay, and one of each of the last 7 days, one of each of the last 4 weeks and one of each of the last 6 months. At least 3 backups are left in any case.",
  ],
  [
    { last: 1, daily: 1, weekly: 0, monthly: 0, minimum: 1 },
    "The newest stays, and one of the last day. At least 1 backup is left in any case.",
  ],
  [{ last: 2, daily: 0, weekly: 0, monthly: 0, minimum: 2 }, "The newest 2 stay. At least 2 backups are left in any case."],
])("%o in words", (given, words) => {
  expect(rulesSentence(given)).toBe(words);
});

describe("the form", () => {
  it("gives back what it was given", () => {
    expect(backupSettingsInputSchema.parse(readValues(valuesOf({ schedule, retention })))).toEqual({ schedule, retention });
  });
  it.each([
    ["an empty number", { last: "" }, "retention.last"],
    ["words for a number", { daily: "x" }, "retention.daily"],
    ["half a backup", { weekly: "1.5" }, "retention.weekly"],
    ["no time", { at: "" }, "schedule.at"],
    ["a zone that is none", { timeZone: "Mars/Base" }, "schedule.timeZone"],
  ])("refuses %s at its field", (_, typed, path) => {
    const parsed = backupSettingsInputSchema.safeParse(readValues({ ...valuesOf({ schedule, retention }), ...typed }));
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
  it("finds a zone as people type it", () => {
    expect(matchingZones(["UTC", "Europe/Berlin", "America/New_York"], " new york")).toEqual(["America/New_York"]);
    expect(matchingZones(["UTC", "Europe/Berlin"], "")).toEqual(["UTC", "Europe/Berlin"]);
  });
});

it.each([
  ["Nordlicht", "Nordlicht", true],
  ["  nordlicht ", "Nordlicht", true],
  ["Jo's  farm", "Jo’s Farm", true],
  ["Nordlich", "Nordlicht", false],
  ["", "Nordlicht", false],
])("%j for the farm %j: %s", (typed, name, same) => {
  expect(isSameName(typed, name)).toBe(same);
});
