import { expect, test } from "vitest";
import type { Handover } from "../../deployment/contract.ts";
import { nextHandover } from "./handover.ts";

const NOW = new Date("2026-12-01T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const last = (some: Partial<Handover>): Handover => ({
  ...{ v: 1, version: "1.1.0", state: "wanted", at: minutesAgo(1), tries: 1, problem: null },
  ...some,
});

test.each<[what: string, own: string, last: Handover | null, next: ReturnType<typeof nextHandover>]>([
  ["the updater is the installed version's", "1.1.0", null, "none"],
  ["the updater is newer, after an undo", "1.2.0", last({}), "none"],
  ["there is a newer version, for the first time", "1.0.0", null, "start"],
  ["the last handover was to another version", "1.0.0", last({ version: "1.0.5", state: "failed" }), "start"],
  ["somebody is at it", "1.0.0", last({}), "wait"],
  ["somebody was at it, and has not been heard of for long", "1.0.0", last({ at: minutesAgo(11) }), "start"],
  ["three were at it, and none was heard of", "1.0.0", last({ at: minutesAgo(11), tries: 3 }), "give-up"],
  ["it did not come up", "1.0.0", last({ state: "failed" }), "none"],
  ["it was done, and the old one was started again by hand", "1.0.0", last({ state: "done" }), "start"],
  ["a number of two digits is newer than one of one", "1.9.0", null, "none"],
  ["a pre-release is older than its release", "1.1.0-rc.1", null, "start"],
])("%s", (_what, own, before, next) => {
  expect(nextHandover({ own, installed: "1.1.0", last: before, now: NOW })).toBe(next);
});
