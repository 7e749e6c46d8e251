import { expect, test } from "vitest";
import type { Preview } from "../../../../../server/imports/contract.ts";
import { choices, counted, isBusy, outcomeOf, placeOf, progressOf, reportWords, stateOf } from "./import-view.ts";

const counts = { rows: 9, added: 2, changed: 1, unchanged: 3, conflicts: 3 };
const preview: Preview = {
  counts: [
    { entity: "customers", ...counts },
    { entity: "order_lines", ...counts },
  ],
  ...{ newCustomers: 0, errors: 0, notices: 0, exportedAt: null, conflicts: [], unknownStatuses: [] },
};

test.each([
  ["add_only", "2 customers added."],
  ["skip", "2 customers added and 1 customer updated."],
  ["overwrite", "2 customers added and 4 customers updated."],
] as const)("%s is said before it is done", (policy, expected) => {
  expect(outcomeOf(preview, policy)).toBe(expected);
});

test("what changes nothing says so, and customers made from names are named", () => {
  expect(outcomeOf({ ...preview, counts: [] }, "skip")).toBe("Nothing will change.");
  expect(outcomeOf({ ...preview, counts: [], newCustomers: 1200 }, "skip")).toBe("1,200 customers made from names.");
});

test("the choice that changes nothing here comes first; the last says what is lost", () => {
  expect(choices({ conflicts: 1 }).map(({ policy }) => policy)).toEqual(["add_only", "skip", "overwrite"]);
  expect(choices({ conflicts: 1 })[2]?.text).toBe("1 entry that was changed here since the export is replaced by the file, too.");
  expect(choices({ conflicts: 2 })[1]?.text).toBe("2 entries that were changed here since the export stay as they are.");
});

test("progress is in rows, and its state in the list", () => {
  const reading = { kind: "reading", bytes: 50, ofBytes: 200, rows: 1234 } as const;
  expect(progressOf(reading)).toEqual({ title: "Reading the file", sentence: "1,234 rows read.", percent: 25 });
  expect(progressOf({ kind: "comparing", rows: 0, ofRows: 0 })?.percent).toBeNull();
  expect([isBusy(reading), isBusy({ kind: "mapping" })]).toEqual([true, false]);
  expect(stateOf({ kind: "ready", preview: { ...preview, errors: 1 } }).text).toBe("Has errors");
});

test("places and reports are read as sentences", () => {
  expect(placeOf({ file: "orders.csv", row: 1200, column: "total" })).toBe("orders.csv, row 1,200, column “total”");
  expect(counted("orders", 1)).toBe("1 order");
  const report = {
    policy: "skip" as const,
    counts: [{ entity: "items" as const, added: 1, changed: 0, unchanged: 2 }],
    newCustomers: 1,
    at: "",
  };
  expect(reportWords(report)).toEqual(["Items: 1 added, 2 left as they were.", "1 customer made because orders name them."]);
});
