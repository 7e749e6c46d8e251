import { describe, expect, it } from "vitest";
import { lineTotal, sum, tidyDecimal } from "./decimal.ts";

describe("lineTotal", () => {
  it.each([
    ["3", "12.50", "37.50"],
    ["0.750", "19.99", "14.99"],
    ["1.005", "1", "1.01"], // a float says 1.00
    ["0.1", "0.05", "0.01"], // half a cent goes away from zero
    ["0.333", "0.01", "0.00"],
    ["999999999", "999999999.99", "999999998990000000.01"], // beyond what a float can count
    ["2", "-1.25", "-2.50"],
    ["0.5", "-0.01", "-0.01"],
  ])("%s × %s = %s", (quantity, price, total) => {
    expect(lineTotal(quantity, price)).toBe(total);
  });

  it.each([
    ["", "1"],
    ["1,5", "1"],
    ["1", "abc"],
    ["1e3", "1"],
    [".5", "1"],
  ])("is unknown for %j × %j", (quantity, price) => {
    expect(lineTotal(quantity, price)).toBeNull();
  });
});

describe("sum", () => {
  it.each([
    [[], "0.00"],
    [["0.10", "0.20"], "0.30"],
    [["1.005", "1.005"], "2.01"],
    [["10.00", null, "x", "-2.50"], "7.50"],
  ])("of %j is %s", (amounts, total) => {
    expect(sum(amounts)).toBe(total);
  });
});

describe("tidyDecimal", () => {
  it.each([
    [" 12,50 ", "12.50"],
    ["0,5", "0.5"],
    ["1,250", "1,250"], // may be a thousand: the person decides
    ["1 000.5", "1000.5"],
    ["abc", "abc"],
  ])("%j becomes %j", (typed, text) => {
    expect(tidyDecimal(typed)).toBe(text);
  });
});
