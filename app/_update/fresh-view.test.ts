import { expect, it } from "vitest";
import { keptUntil, setAsideWords } from "./fresh-view.ts";

const row = (table: string, rows: number) => ({ table, rows, totals: {} });

it.each([
  [[row("orders", 4012), row("customers", 214), row("items", 1)], "Your 214 customers, 1 item and 4,012 orders"],
  [[], "Your 0 customers, 0 items and 0 orders"],
])("says what is set aside, %#", (tables, words) => {
  expect(setAsideWords({ tables })).toBe(words);
});

it("says until when it is kept", () => {
  expect(keptUntil("2026-11-26T20:00:00.000Z", 7)).toBe("2026-12-03T20:00:00.000Z");
});
