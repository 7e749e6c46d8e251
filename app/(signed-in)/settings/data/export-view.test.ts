import { expect, test } from "vitest";
import { exportOptionsSchema } from "../../../../server/exports/contract.ts";
import { contentWords, lackingWords, progressOf, spoken } from "./export-view.ts";

test.each([
  [{}, "CSV"],
  [{ forExcel: true, withFiles: true }, "CSV for Excel, with pictures and attachments"],
  [{ format: "jsonl", withFiles: true, withAccounts: true }, "JSON Lines, with pictures and attachments, users and settings"],
])("says what is inside: %o", (options, words) => {
  expect(contentWords({ options: exportOptionsSchema.parse(options) })).toBe(words);
});

test.each([
  [0, 0, null, "Looking how much there is …"],
  [1200, 40_600, 2, "1,200 of 40,600 rows are written."],
  [1_200_000, 4_006_000, 29, "1.2 of 4.0 million rows are written."],
  [40_600, 40_600, 100, "All 40,600 rows are written. Finishing …"],
])("says how far it is: %i of %i", (done, total, percent, sentence) => {
  expect(progressOf({ rows: { done, total } })).toEqual({ percent, sentence });
});

test("reads out what has changed, and says what is missing", () => {
  expect(
    [undefined, { state: "running" }, { state: "complete" }, { state: "failed" }].map((one) => spoken(one as never)),
  ).toEqual(["", "The export is being made.", "The newest export is ready to be downloaded.", ""]);
  expect(lackingWords({ lacking: 0 })).toBeNull();
  expect(lackingWords({ lacking: 2 })).toContain("2 pictures or attachments are not inside");
});
