import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { Import, Mapping } from "./contract.ts";
import type { Stage } from "./testing/import-stage.ts";
import { importStage } from "./testing/import-stage.ts";
import { makeZip } from "./testing/make-zip.ts";

let web: TestWeb;
let stage: Stage;
beforeAll(async () => {
  web = await createTestWeb();
  stage = importStage(web);
});
afterAll(() => web.close());

/** As the original FilaOps writes them. */
const PRODUCTS = `SKU,Name,Description,Item Type,Procurement Type,Unit,Standard Cost,Selling Price,On Hand Qty,Reorder Point,Active
PRT-001,"Bracket, small",Holds things,finished_good,make,EA,1.2500,12.5,4.0000,0,True
MAT-PLA,PLA black,,supply,buy,KG,0,0,1.23456,2,False
`;
const ORDERS = `Order Number,Customer,Status,Total,Created Date,Line Items
SO-2025-001,Acme GmbH,in_production,37.5,2025-03-04,"PRT-001 x2, PRT-002 x1"
SO-2025-002,eve@farm.example,delivered,0,2025-03-05,
SO-2025-003,Acme GmbH,weird,10,2025-03-06,PRT-001 x1
`;

function mapped({ foreign }: Import, changes: Partial<Mapping> = {}) {
  return foreign.map(({ name, mapping }) => {
    if (mapping === null) throw new Error(`no mapping was guessed for ${name}`);
    return { name, mapping: { ...mapping, ...changes } };
  });
}

test("products of the original FilaOps come in by a guess that a person confirms", async () => {
  const found = await stage.upload(Buffer.from(PRODUCTS), "products_export_20251126.csv");
  expect(found.phase).toEqual({ kind: "mapping" });
  expect(found.foreign[0]?.mapping).toMatchObject({
    entity: "items",
    columns: {
      ...{ sku: "SKU", name: "Name", description: "Description", unit: "Unit", active: "Active" },
      ...{
        selling_price: "Selling Price",
        standard_cost: "Standard Cost",
        on_hand: "On Hand Qty",
        reorder_point: "Reorder Point",
      },
    },
  });
  const ready = await stage.map(found.id, mapped(found));
  expect(ready.phase).toMatchObject({ kind: "ready", preview: { errors: 0, notices: 1 } });
  const { findings } = await stage.imports.findings(stage.actor, found.id);
  expect(findings.map(({ row, column, what }) => [row, column, what])).toEqual([
    [3, "On Hand Qty", "“1.23456” was rounded to 1.235."],
  ]);
  await stage.apply(found.id, "add_only");
  expect(
    await web.farm.query(
      "app",
      "SELECT sku, name, unit, selling_price::text AS price, on_hand::text, active FROM items ORDER BY sku",
    ),
  ).toEqual([
    { sku: "MAT-PLA", name: "PLA black", unit: "KG", price: "0.00", on_hand: "1.235", active: false },
    { sku: "PRT-001", name: "Bracket, small", unit: "EA", price: "12.50", on_hand: "4.000", active: true },
  ]);
  const next = await stage.upload(Buffer.from(PRODUCTS), "products.csv");
  expect(next.foreign[0]).toMatchObject({ remembered: true });
});

test("orders of the original FilaOps: statuses and customers are asked about, lines become one", async () => {
  await web.farm.query("owner", "INSERT INTO customers (number, name) VALUES ('A-1', 'Acme GmbH')");
  const found = await stage.upload(Buffer.from(ORDERS), "orders_export.csv");
  const asked = await stage.map(found.id, mapped(found));
  expect(asked.phase).toMatchObject({ kind: "ready", preview: { errors: 2, unknownStatuses: ["weird"] } });
  const { findings } = await stage.imports.findings(stage.actor, found.id);
  expect(findings.map(({ row, what }) => [row, what])).toEqual([
    [4, "“weird” is no status that FilaOps knows."],
    [3, "There is no customer “eve@farm.example”."],
  ]);
  const ready = await stage.map(found.id, mapped(found, { statuses: { weird: "draft" }, createCustomers: true }));
  expect(ready.phase).toMatchObject({ kind: "ready", preview: { errors: 0, newCustomers: 1 } });
  expect((await stage.apply(found.id, "skip")).phase).toMatchObject({ kind: "done", report: { newCustomers: 1 } });
  expect(
    await web.farm.query(
      "app",
      `SELECT o.number, c.name, c.email, o.status, o.total::text, l.description, l.line_total::text AS line, o.placed_at::date::text AS day
         FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_lines l ON l.order_id = o.id ORDER BY o.number`,
    ),
  ).toEqual([
    {
      ...{ number: "SO-2025-001", name: "Acme GmbH", email: "", status: "printing", total: "37.50", line: "37.50" },
      ...{ description: "As imported: PRT-001 x2, PRT-002 x1", day: "2025-03-04" },
    },
    {
      ...{
        number: "SO-2025-002",
        name: "eve@farm.example",
        email: "eve@farm.example",
        status: "shipped",
        total: "0.00",
        line: "0.00",
      },
      ...{ description: "As imported", day: "2025-03-05" },
    },
    {
      ...{ number: "SO-2025-003", name: "Acme GmbH", email: "", status: "draft", total: "10.00", line: "10.00" },
      ...{ description: "As imported: PRT-001 x1", day: "2025-03-06" },
    },
  ]);
});

test("a name that two customers have, and a total that is not the one of the lines here, are errors", async () => {
  await web.farm.query("owner", "INSERT INTO customers (number, name) VALUES ('C-00091', 'Twin'), ('C-00092', 'Twin')");
  const text =
    "Order Number;Customer;Status;Total;Order Date\r\nSO-9;Twin;draft;1,50;2025-03-04 10:30\r\nSO-2025-003;C-00091;draft;11,00;2025-03-04\r\n";
  const found = await stage.upload(Buffer.from(text), "orders.csv");
  await stage.map(found.id, mapped(found));
  const { findings } = await stage.imports.findings(stage.actor, found.id);
  expect(findings.map(({ row, what }) => [row, what])).toEqual([
    [2, "Several customers are called “Twin”."],
    [3, "The total is 11.00, but in FilaOps the order's lines add up to 10.00."],
  ]);
});

test("a zip of another tool, and a file of unknown headers, are mapped by hand", async () => {
  const zip = makeZip([
    { name: "shop/Kunden.csv", content: "\uFEFFKundennr,Firma\nK1,Zoë\n" },
    { name: "shop/.DS_Store", content: "x" },
  ]);
  const found = await stage.upload(zip, "shop.zip");
  expect(found.foreign).toMatchObject([
    { name: "Kunden.csv", headers: ["Kundennr", "Firma"], sample: [["K1", "Zoë"]], mapping: null },
  ]);
  const mapping = { entity: "customers" as const, columns: { number: "Kundennr" }, statuses: {}, createCustomers: false };
  await expect(stage.map(found.id, [{ name: "Kunden.csv", mapping }])).rejects.toMatchObject({ code: "mapping-incomplete" });
  const whole = { ...mapping, columns: { number: "Kundennr", name: "Firma" } };
  const ready = await stage.map(found.id, [{ name: "Kunden.csv", mapping: whole }]);
  expect(ready.phase).toMatchObject({ kind: "ready", preview: { errors: 0, counts: [{ entity: "customers", added: 1 }] } });
});

test("a single file with our own headers needs no mapping, and keeps what looks like a defused formula", async () => {
  const text = "number,name,email,phone,address,notes,created_at\r\nC-7,'=1+1,,,,,2026-01-02T03:04:05.000Z\r\n";
  const { id } = await stage.preview(Buffer.from(text), "customers.csv");
  await stage.apply(id);
  expect(await web.farm.query("app", "SELECT name FROM customers WHERE number = 'C-7'")).toEqual([{ name: "'=1+1" }]);
});
