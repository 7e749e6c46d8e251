import fc from "fast-check";
import { expect, test } from "vitest";
import { totalsOf } from "./totals.ts";

test.each([
  // Rounded half up, line by line.
  { lines: [["1", "0.01"]], total: "0.01", each: ["0.01"] },
  { lines: [["0.5", "0.01"]], total: "0.01", each: ["0.01"] },
  { lines: [["0.499", "0.01"]], total: "0.00", each: ["0.00"] },
  {
    lines: [
      ["3", "19.99"],
      ["0.125", "2.2"],
    ],
    total: "60.25",
    each: ["59.97", "0.28"],
  },
  // 1.005 × 100 is 100.49999… as a float.
  { lines: [["1.005", "1"]], total: "1.01", each: ["1.01"] },
  {
    lines: [
      ["3", "0.10"],
      ["3", "0.20"],
    ],
    total: "0.90",
    each: ["0.30", "0.60"],
  },
  { lines: [["999999.999", "999999.99"]], total: "999999989000.00", each: ["999999989000.00"] },
])("$lines makes $total", ({ lines, total, each }) => {
  const input = lines.map(([quantity = "", unitPrice = ""]) => ({ quantity, unitPrice }));
  expect(totalsOf(input)).toEqual({ lines: each, total });
});

test("says so when the sum has more digits than are kept", () => {
  const line = { quantity: "999999", unitPrice: "999999999" };
  expect(totalsOf([line])).toBeNull();
});

test("the total is the sum of the lines, to the cent, whatever they are", () => {
  const decimal = (places: number) =>
    fc
      .tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 10 ** places - 1 }))
      .map(([whole, part]) => `${whole}.${String(part).padStart(places, "0")}`);
  const line = fc.record({ quantity: decimal(3), unitPrice: decimal(2) });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const totals = totalsOf(lines);
      const cents = (text: string) => BigInt(text.replace(".", ""));
      expect(cents(totals!.total)).toBe(totals!.lines.map(cents).reduce((sum, each) => sum + each, 0n));
    }),
  );
});
