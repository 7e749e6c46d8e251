import { describe, expect, test } from "vitest";
import type { Column, ColumnType } from "../../exchange/rules/columns.ts";
import { COLUMNS } from "../../exchange/rules/columns.ts";
import { MAPPABLE } from "../contract.ts";
import { toCell } from "./cells.ts";
import { fillable } from "./mapping.ts";
import { raised, toPass } from "./numbers.ts";

const column = (type: ColumnType, more: Partial<Column> = {}): Column => ({
  ...{ name: "x", type, nullable: false, key: false, refersTo: null },
  ...more,
});
const money = column({ kind: "decimal", places: 2, negative: false });
const read = (raw: string, of: Column, foreign: boolean) => {
  const cell = toCell(raw, of, { foreign });
  return "value" in cell ? cell.value : `! ${cell.what}`;
};

describe.each([
  ["12.5", "12.50", "12.50"],
  ["0012.50", "12.50", "12.50"],
  ["999999999999.99", "999999999999.99", "999999999999.99"],
  ["1000000000000", "! “1000000000000” is larger than FilaOps can keep.", "! “1000000000000” is larger than FilaOps can keep."],
  ["12.500", "12.50", "12.50"],
  ["12.345", "! “12.345” has more than 2 decimal places.", "12.35"],
  ["0.005", "! “0.005” has more than 2 decimal places.", "0.01"],
  ["-0.00", "0.00", "0.00"],
  ["-1", "! “-1” is below zero.", "! “-1” is below zero."],
  ["€ 1,234.50", "! “€ 1,234.50” is not a number.", "1234.50"],
  ["1.234,50 €", "! “1.234,50 €” is not a number.", "1234.50"],
  ["12,5", "! “12,5” is not a number.", "12.50"],
  ["1,234", "! “1,234” is not a number.", "! “1,234” is not a number."],
  ["1e3", "! “1e3” is not a number.", "! “1e3” is not a number."],
  ["NaN", "! “NaN” is not a number.", "! “NaN” is not a number."],
])("the amount %s", (raw, ours, others) => {
  test(`is ${ours} in a file of ours`, () => {
    expect(read(raw, money, false)).toBe(ours);
  });
  test(`is ${others} in another tool's`, () => {
    expect(read(raw, money, true)).toBe(others);
  });
});

test.each([
  ["2026-11-26T14:30:00.123Z", "2026-11-26T14:30:00.123Z"],
  ["2026-11-26T14:30:00Z", "2026-11-26T14:30:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2025-02-29", "! “2025-02-29” is not a date and time."],
  ["2026-11-26 14:30", "2026-11-26T14:30:00.000Z"],
  ["2026-11-26T23:30:00+02:00", "2026-11-26T21:30:00.000Z"],
  ["2026-11-26T24:00:00.000Z", "! “2026-11-26T24:00:00.000Z” is not a date and time."],
  ["26.11.2026", "! “26.11.2026” is not a date and time."],
  ["0000-01-01", "! “0000-01-01” is not a date and time."],
])("the time %s of another tool is %s", (raw, expected) => {
  expect(read(raw, column({ kind: "instant" }), true)).toBe(expected);
});

test("nothing is null where there may be none, and empty text where there may not", () => {
  expect(toCell("", column({ kind: "text" }, { nullable: true }), { foreign: false })).toEqual({ value: null });
  expect(toCell("", column({ kind: "text" }), { foreign: false })).toEqual({ value: "" });
  expect(toCell(null, column({ kind: "text" }), { foreign: false })).toMatchObject({ what: "There is no value." });
  expect(toCell("", money, { foreign: false })).toMatchObject({ what: "The cell is empty." });
  expect(toCell("", money, { foreign: true })).toEqual({ value: "0.00" });
});

test("text of ours is taken as it is", () => {
  const text = column({ kind: "text" });
  for (const raw of [" x ", "=1+1", "'=x", "\t", "x".repeat(10_000), "🧵"]) expect(read(raw, text, false)).toBe(raw);
});

test("what can be mapped are columns of ours", () => {
  for (const [entity, columns] of Object.entries(MAPPABLE)) {
    expect(fillable(entity as keyof typeof MAPPABLE).map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
  }
  const needed = COLUMNS.customers.filter(({ key }) => key).map(({ name }) => name);
  expect(MAPPABLE.customers.filter(({ needed: each }) => each).map(({ name }) => name)).toEqual(expect.arrayContaining(needed));
});

test.each([
  ["C-00041", "41"],
  ["C-100000", "100000"],
  ["C-041", "7"],
  ["C-000041", "7"],
  ["O-00041", "7"],
  ["C-99999999999", "7"],
  ["C-00003", "7"],
])("after %s the highest number is %s", (key, expected) => {
  expect(raised("7", key, "C-")).toBe(expected);
});

test("numbers are passed up to the highest, unless it is out of reach", () => {
  expect([toPass(5n, 9n), toPass(9n, 9n), toPass(10n, 9n), toPass(0n, 9_999_999_999n)]).toEqual([4n, 0n, 0n, 0n]);
});
