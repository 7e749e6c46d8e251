import { expect, it } from "vitest";
import { publicStatusSchema } from "../../server/updates/contract.ts";
import type { Status } from "../../server/updates/contract.ts";
import { status } from "./fixtures.ts";
import { endedSince } from "./sessions-ended.ts";

const seen = (over: Partial<Status> = {}) => publicStatusSchema.parse(status({ kind: "restore", endsSessions: true, ...over }));
const LATER_RUN = "01JZ0000000000000000000009";
const done = seen({ outcome: "complete" });

it.each([
  ["nothing is known", null, null, false],
  ["a restore is under way", seen(), seen(), false],
  ["it ends in front of this tab", seen(), done, true],
  [
    "it went by while the tab slept",
    seen({ kind: "update", outcome: "complete" }),
    seen({ run: LATER_RUN, outcome: "complete" }),
    true,
  ],
  ["the first ever went by while the tab slept", null, done, true],
  ["the page was loaded after it", done, done, false],
  ["it did not work out", seen(), seen({ outcome: "rolled_back" }), false],
  ["it was an update", seen({ endsSessions: false }), seen({ endsSessions: false, outcome: "complete" }), false],
])("when %s", (_when, first, now, ended) => {
  expect(endedSince(first, now)).toBe(ended);
});
