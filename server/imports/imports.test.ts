import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { Stage } from "./testing/import-stage.ts";
import { importStage } from "./testing/import-stage.ts";
import { ourZip } from "./testing/make-zip.ts";

let web: TestWeb;
let stage: Stage;
beforeAll(async () => {
  web = await createTestWeb();
  stage = importStage(web);
});
afterAll(() => web.close());

const AT = "2026-01-02T03:04:05.678Z";
const customer = (number: string, name: string) => [number, name, "", "", "", "", AT];
const item = (sku: string, price = "12.50") => [
  sku,
  "A part",
  "",
  "PLA",
  "piece",
  price,
  "0.0250",
  "-3.000",
  "0.000",
  "true",
  "",
  AT,
];
const order = (number: string, who: string, total: string) => [number, who, "confirmed", AT, "", "", total, AT];
const line = (of: string, position: string, sku: string) => [of, position, sku, "A part", "2.000", "12.50", "25.00"];

test("an export of ours is previewed, then written whole, and is unchanged afterwards", async () => {
  const zip = ourZip({
    order_lines: [line("O-00007", "2", ""), line("O-00007", "1", "PRT-1")],
    orders: [order("O-00007", "C-00042", "50.00")],
    items: [item("PRT-1")],
    customers: [customer("C-00042", "'=1+1")],
  });
  const { id, preview, findings } = await stage.preview(zip);
  expect(findings).toEqual([]);
  expect(preview.counts.map(({ entity, added }) => [entity, added])).toEqual([
    ["customers", 1],
    ["items", 1],
    ["orders", 1],
    ["order_lines", 2],
  ]);
  expect(await web.farm.query("app", "SELECT count(*) FROM customers")).toEqual([{ count: "0" }]);
  expect((await stage.apply(id, "add_only")).phase).toMatchObject({ kind: "done", report: { policy: "add_only" } });
  expect(
    await web.farm.query(
      "app",
      `SELECT o.number, c.name, o.total::text, l.position, i.sku, i.on_hand::text FROM orders o JOIN customers c ON c.id = o.customer_id
         JOIN order_lines l ON l.order_id = o.id LEFT JOIN items i ON i.id = l.item_id ORDER BY l.position`,
    ),
  ).toEqual([
    { number: "O-00007", name: "=1+1", total: "50.00", position: 1, sku: "PRT-1", on_hand: "-3.000" },
    { number: "O-00007", name: "=1+1", total: "50.00", position: 2, sku: null, on_hand: null },
  ]);
  const again = await stage.preview(zip);
  expect(again.preview.counts.every(({ rows, unchanged }) => rows === unchanged)).toBe(true);
  // The next ones get numbers beyond those that were imported.
  const caller = await web.caller("staff");
  expect((await caller.customers.create({ name: "New" })).number).toBe("C-00043");
});
