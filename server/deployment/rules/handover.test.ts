import { expect, test } from "vitest";
import type { Handover } from "../contract.ts";
import type { ComingUp } from "./handover.ts";
import { judgeComingUp, nextHandoverStep, resumeHandover } from "./handover.ts";

const wish = (some: Partial<Handover> = {}): Handover => ({
  ...{ v: 1, version: "1.1.0", state: "wanted", at: "2026-12-01T12:00:00Z", tries: 1, problem: null },
  ...some,
});

test.each<[what: string, last: Handover | null, own: string, step: ReturnType<typeof nextHandoverStep>]>([
  ["there never was a wish", null, "1.0.0", "none"],
  ["a newer release's are wanted", wish(), "1.0.0", "hand-over"],
  ["it was done", wish({ state: "done" }), "1.0.0", "none"],
  ["it did not work out", wish({ state: "failed" }), "1.0.0", "none"],
  ["a launcher was killed before it could write down that it was done", wish(), "1.1.0", "write-down"],
  ["what runs is newer by now", wish(), "1.2.0", "write-down"],
  ["a number of two digits is newer than one of one", wish({ version: "1.10.0" }), "1.9.0", "hand-over"],
])("%s", (_what, last, own, step) => {
  expect(nextHandoverStep(last, own)).toBe(step);
});

test.each<[what: string, last: Handover | null, resumed: ReturnType<typeof resumeHandover>]>([
  ["nothing was wanted", null, null],
  ["the last one has ended", wish({ state: "done" }), null],
  ["what was wanted is here", wish({ version: "1.0.0" }), null],
  ["a launcher may have died of it", wish(), { tries: 2, giveUp: false }],
  ["the third launcher may have died of it", wish({ tries: 3 }), { tries: 3, giveUp: true }],
])("when a launcher starts: %s", (_what, last, resumed) => {
  expect(resumeHandover(last, "1.0.0")).toEqual(resumed);
});

test.each<[what: string, seen: Partial<ComingUp>, judged: ReturnType<typeof judgeComingUp>]>([
  ["it has not said anything yet", { wrong: "it does not answer" }, { is: "wait" }],
  ["it does its work since just now", { wellMs: 100 }, { is: "wait" }],
  ["it does its work for a while", { wellMs: 2000 }, { is: "up" }],
  ["it took long to begin, and is given its while all the same", { aliveMs: 31_000, wellMs: 100 }, { is: "wait" }],
  ["it never began", { aliveMs: 30_000, wrong: "it does not answer" }, { is: "down", reason: "it does not answer" }],
  [
    "it did its work, died and was started again",
    { aliveMs: 4000, wellMs: 2000, deaths: 1 },
    { is: "down", reason: "it ended soon after it was started" },
  ],
])("a new program: %s", (_what, seen, judged) => {
  expect(judgeComingUp({ aliveMs: 1000, wellMs: 0, deaths: 0, wrong: null, ...seen })).toEqual(judged);
});
