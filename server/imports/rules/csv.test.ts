import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CsvItem } from "./csv.ts";
import { CsvParser, delimiterOf } from "./csv.ts";

const LIMITS = { cell: 1000, record: 5000 };

/** Reads text that comes in pieces of so many characters. */
function read(text: string, size = text.length, delimiter = ","): CsvItem[] {
  const parser = new CsvParser(delimiter, LIMITS);
  const items: CsvItem[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, size)) items.push(...parser.push(text.slice(at, at + Math.max(1, size))));
  return [...items, ...parser.finish()];
}
const cells = (items: CsvItem[]) => items.map((item) => ("cells" in item ? item.cells : item.broken));

test.each([
  [
    "a,b\r\nc,d\r\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "a,b\nc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "a,\r\n,b\r\n",
    [
      ["a", ""],
      ["", "b"],
    ],
  ],
  ['"a,""b""\r\nc",d\r\n', [['a,"b"\r\nc', "d"]]],
  ['"",""\r\n', [["", ""]]],
  ['5" nozzle,x\n', [['5" nozzle', "x"]]],
  [
    "a,b\n\n\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ['a,"b"\r\n', [["a", "b"]]],
  ['"a","b\r', ["unclosed-quote"]],
  ['a,"b"c\nd,e\n', ["after-quote", ["d", "e"]]],
  ["", []],
] as const)("%j", (text, expected) => {
  for (const size of [text.length, 1, 2, 3]) expect(cells(read(text, size))).toEqual(expected);
});

test("rows are counted as a spreadsheet counts them", () => {
  expect(read('h\n"a\nb"\n\nc\n').map(({ row }) => row)).toEqual([1, 2, 4]);
});

test("what any writer writes is read again, in whatever pieces it comes", () => {
  const cell = fc.oneof(fc.constantFrom("", '"', '""', ",", "\r", "\n", "\r\n", "a"), fc.string({ maxLength: 5 }));
  const row = fc.array(cell, { minLength: 2, maxLength: 4 });
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (rows, size) => {
      const text = rows.map((each) => `${each.map(quote).join(",")}\r\n`).join("");
      expect(cells(read(text, size))).toEqual(rows);
    }),
  );
});

describe("limits", () => {
  test("a cell, and a line that does not end, are too long", () => {
    expect(cells(read(`${"x".repeat(1001)},a\nb,c\n`))).toEqual(["too-long", ["b", "c"]]);
    expect(cells(read("x".repeat(20_000), 1000))).toEqual(["too-long"]);
  });

  test("a quote that is never closed ends the reading long before the file does", () => {
    const parser = new CsvParser(",", LIMITS);
    expect(parser.push('a,"b\n')).toEqual([]);
    expect(parser.push("c,d\n".repeat(2000))).toEqual([{ row: 1, broken: "unclosed-quote" }]);
    expect(parser.ended).toBe(true);
  });

  test("what is broken a hundred times is read no further", () => {
    expect(read('"a"b\n'.repeat(500))).toHaveLength(100);
  });
});

test.each([
  ["a,b;c,d", ","],
  ["a;b;c", ";"],
  ["a\tb", "\t"],
  ['"a;b;c",d', ","],
  ["a", ","],
])("%j is separated by %j", (header, expected) => {
  expect(delimiterOf(header)).toBe(expected);
});
