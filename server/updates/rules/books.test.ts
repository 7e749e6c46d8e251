import { expect, test } from "vitest";
import type { Books } from "../../databases/contract.ts";
import type { DeclaredChange } from "../../releases/contract.ts";
import { differencesFromBare, undeclaredDifferences } from "./books.ts";

const orders = (rows: number, totals: Record<string, string> = {}): Books["tables"][number] => ({
  table: "orders",
  rows,
  totals,
});
const items: Books["tables"][number] = { table: "items", rows: 3, totals: {} };
const change = (fields: Partial<DeclaredChange>): DeclaredChange => ({
  table: "orders",
  columns: [],
  why: "a reason",
  ...fields,
});

type Tables = Books["tables"];
const table: [string, { before: Tables; after: Tables; declared?: DeclaredChange[] }, string[]][] = [
  ["nothing changed", { before: [orders(4, { total: "9.50" })], after: [orders(4, { total: "9.50" })] }, []],
  ["a table is new", { before: [orders(4)], after: [orders(4), items] }, []],
  ["a money column is new", { before: [orders(4)], after: [orders(4, { total: "9.50" })] }, []],
  ["a column's scale was widened", { before: [orders(4, { total: "9.50" })], after: [orders(4, { total: "9.5000" })] }, []],
  ["nothing is nothing", { before: [orders(0, { total: "0" })], after: [orders(0, { total: "-0.00" })] }, []],
  [
    "ten is not one",
    { before: [orders(1, { total: "10" })], after: [orders(1, { total: "1" })] },
    ["orders.total added up to 10 and adds up to 1"],
  ],
  ["rows are lost", { before: [orders(4)], after: [orders(3)] }, ["orders had 4 rows and has 3"]],
  ["rows came from nowhere", { before: [orders(4)], after: [orders(5)] }, ["orders had 4 rows and has 5"]],
  [
    "a cent is missing",
    { before: [orders(4, { total: "9.50" })], after: [orders(4, { total: "9.49" })] },
    ["orders.total added up to 9.50 and adds up to 9.49"],
  ],
  ["a table is gone", { before: [orders(4), items], after: [orders(4)] }, ["the table items is gone"]],
  ["a money column is gone", { before: [orders(4, { total: "9.50" })], after: [orders(4)] }, ["orders.total is gone"]],
  ["as many rows more as declared", { before: [orders(4)], after: [orders(6)], declared: [change({ rows: 2 })] }, []],
  [
    "other than declared",
    { before: [orders(4)], after: [orders(5)], declared: [change({ rows: 2 })] },
    ["orders had 4 rows and has 5"],
  ],
  [
    "rows declared were not needed, and nothing is lost",
    { before: [orders(4)], after: [orders(4)], declared: [change({ rows: 2 })] },
    [],
  ],
  ["rows declared to differ freely", { before: [orders(4)], after: [orders(1)], declared: [change({})] }, []],
  [
    "a total declared to differ",
    {
      before: [orders(4, { total: "1" })],
      after: [orders(4, { total: "2" })],
      declared: [change({ rows: 0, columns: ["total"] })],
    },
    [],
  ],
  [
    "a total beside the declared one",
    { before: [orders(4, { tax: "1" })], after: [orders(4, { tax: "2" })], declared: [change({ rows: 0, columns: ["total"] })] },
    ["orders.tax added up to 1 and adds up to 2"],
  ],
  [
    "a change declared of another table",
    { before: [orders(4)], after: [orders(3)], declared: [change({ table: "items" })] },
    ["orders had 4 rows and has 3"],
  ],
  ["a table declared to go", { before: [orders(4)], after: [], declared: [change({})] }, []],
];

test.each(table)("the books, when %s", (_, { before, after, declared = [] }, expected) => {
  expect(undeclaredDifferences({ tables: before }, { tables: after }, declared)).toEqual(expected);
});

const row = (name: string, rows: number, totals: Record<string, string> = {}): Books["tables"][number] => ({
  table: name,
  rows,
  totals,
});
const statuses = row("order_statuses", 6);

test.each([
  ["nothing but what was carried over", [orders(0, { total: "0" }), statuses, row("settings", 2), row("users", 1)], []],
  ["a stranger's account", [orders(0), statuses, row("settings", 2), row("users", 2)], ["users had 1 rows and has 2"]],
  ["no account at all", [orders(0), statuses, row("settings", 2), row("users", 0)], ["users had 1 rows and has 0"]],
  ["an order", [orders(1, { total: "5" }), statuses, row("settings", 2), row("users", 1)], ["orders had 0 rows and has 1"]],
  [
    "less than the release brings",
    [orders(0), row("order_statuses", 5), row("settings", 2), row("users", 1)],
    ["order_statuses had 6 rows and has 5"],
  ],
  ["a table of nobody's", [orders(0), statuses, row("settings", 2), row("users", 1), row("x", 0)], ["the table x was not there"]],
] as const)("the books that are meant to be empty, with %s", (_, after, expected) => {
  const bare: Books = { tables: [orders(0), statuses, row("settings", 1), row("users", 0, { limit: "0" })] };
  expect(differencesFromBare(bare, { owners: 1, settings: 2 }, { tables: [...after] })).toEqual(expected);
});
