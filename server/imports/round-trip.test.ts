import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readZip } from "../exports/testing/read-zip.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { Stage } from "./testing/import-stage.ts";
import { importStage } from "./testing/import-stage.ts";

let web: TestWeb;
let stage: Stage;
beforeAll(async () => {
  web = await createTestWeb();
  stage = importStage(web);
});
afterAll(() => web.close());

const NASTY = [
  ...[
    "",
    "0",
    "007",
    "=1+1",
    "-5",
    "+5",
    "@x",
    "'=x",
    "''=x",
    "'",
    "\t",
    "\r",
    "\n",
    "a\r\nb",
    '"',
    '""',
    ",",
    ";",
    '","',
    "null",
    "NULL",
  ],
  ...["🧵👩‍👩‍👧", "שלום, עולם", "\u202Eabc", "ü", "u\u0308", "\uFEFFx", " x ", "__proto__", "{}", "x".repeat(10_000)],
];
const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary", maxLength: 30 }).map((each) => each.replaceAll("\0", "")),
  fc.array(fc.constantFrom(...NASTY.slice(0, -1)), { maxLength: 4 }).map((parts) => parts.join("")),
);
/** So many characters at most, no half ones. */
const cut = (each: string, most: number) =>
  Array.from(each)
    .slice(0, most / 2)
    .join("");
const filled = text.map((each) => (each.trim() === "" ? `x${each}` : each)).map((each) => cut(each, 800));
const cents = (most: number) => fc.integer({ min: 0, max: most }).map((each) => (each / 100).toFixed(2));
const instant = fc
  .date({ min: new Date("0001-01-02T00:00:00Z"), max: new Date("9999-12-30T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const key = fc
  .oneof(
    fc.constantFrom("=1", "007", "-5", "'=x", "__proto__", '"', "a,b", "🧵"),
    filled.map((each) => cut(each, 40)),
  )
  .filter((each) => each.trim() !== "");
const sku = fc.stringMatching(/^[A-Z0-9][A-Z0-9._/-]{0,10}$/);

const customer = fc.record({
  number: key,
  name: filled,
  email: text,
  phone: text,
  address: text,
  notes: text,
  created_at: instant,
});
const item = fc.record({
  ...{ sku, name: filled, description: text, material: text, unit: text },
  ...{ selling_price: cents(99_999_999), standard_cost: fc.constantFrom("0.0001", "9999999999.9999", "0.0250", "12.0000") },
  ...{ on_hand: fc.constantFrom("-5.000", "0.001", "0.000", "99999999999.999"), reorder_point: fc.constant("0.000") },
  ...{ active: fc.boolean(), created_at: instant },
});
const line = fc.record({
  item: fc.nat(5),
  description: text,
  quantity: fc.integer({ min: 1, max: 99_999 }),
  price: fc.integer({ min: 0, max: 99_999 }),
});
const order = fc.record({
  ...{
    number: key,
    customer: fc.nat(5),
    status: fc.constantFrom("draft", "shipped"),
    placed_at: instant,
    due_at: fc.option(instant),
  },
  ...{ notes: text, created_at: instant, lines: fc.array(line, { maxLength: 3 }) },
});
const farm = fc.record({
  customers: fc.uniqueArray(customer, { minLength: 1, maxLength: 6, selector: ({ number }) => number }),
  items: fc.uniqueArray(item, { minLength: 1, maxLength: 6, selector: (each) => each.sku }),
  orders: fc.uniqueArray(order, { maxLength: 5, selector: ({ number }) => number }),
});
type Farm = typeof farm extends fc.Arbitrary<infer T> ? T : never;

const empty = () => web.farm.query("owner", "TRUNCATE customers, items, orders, order_lines, order_attachments, stored_files");

/** Puts it into the database as it is, past the app. */
async function fill({ customers, items, orders }: Farm): Promise<void> {
  const client = await web.farm.connect("owner");
  const insert = (table: string, rows: object[]) =>
    client.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`, [
      JSON.stringify(rows),
    ]);
  const now = new Date().toISOString();
  const at = (all: readonly unknown[], index: number) => index % all.length;
  const base = (index: number) => ({ id: index + 1, updated_at: now });
  await insert(
    "customers",
    customers.map((each, index) => ({ ...each, ...base(index) })),
  );
  await insert(
    "items",
    items.map((each, index) => ({ ...each, ...base(index) })),
  );
  const lines = orders.flatMap((each, index) =>
    each.lines.map((one, position) => ({
      ...{
        order_id: index + 1,
        position: position + 1,
        item_id: one.item === 0 ? null : at(items, one.item) + 1,
        description: one.description,
      },
      ...{ quantity: (one.quantity / 1000).toFixed(3), unit_price: (one.price / 100).toFixed(2), id: index * 10 + position + 1 },
      line_total: cent((BigInt(one.quantity) * BigInt(one.price) + 500n) / 1000n),
    })),
  );
  const total = (index: number) =>
    cent(
      lines.filter((one) => one.order_id === index + 1).reduce((sum, one) => sum + BigInt(one.line_total.replace(".", "")), 0n),
    );
  await insert(
    "orders",
    orders.map(({ lines: _, customer: who, ...each }, index) => ({
      ...each,
      ...base(index),
      customer_id: at(customers, who) + 1,
      total: total(index),
    })),
  );
  await insert("order_lines", lines);
  await client.end();
}

function cent(value: bigint): string {
  const digits = value.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The exchange file of what is there, and its entries without the time of the export. */
async function exported(format: "csv" | "jsonl"): Promise<{ zip: Buffer; files: Record<string, string> }> {
  const caller = await web.caller("owner");
  const { id } = await caller.exports.start({ format, withFiles: true });
  await web.web.exports.ended();
  const zip = await readFile(join(web.folder, id, "export.zip"));
  await caller.exports.remove({ id });
  const files = Object.fromEntries([...readZip(zip)].map(([name, content]) => [name, content.toString()]));
  const manifest = files["manifest.json"] ?? "";
  return { zip, files: { ...files, "manifest.json": manifest.replace(/"exportedAt":\s*"[^"]*"/, "") } };
}

test("an export that is kept here is taken without a detour over somebody's computer", async () => {
  await empty();
  await web.farm.query("owner", "INSERT INTO customers (number, name) VALUES ('C-1', 'Ada')");
  const caller = await web.caller("admin");
  const { id } = await caller.exports.start({});
  await web.web.exports.ended();
  const taken = await caller.imports.fromExport({ export: id });
  await web.web.imports.idle();
  expect(await caller.imports.get({ id: taken.id })).toMatchObject({
    phase: { kind: "ready", preview: { errors: 0, counts: [{ entity: "customers", rows: 1, unchanged: 1 }] } },
  });
});

test.each(["csv", "jsonl"] as const)(
  "what is exported as %s, imported into an empty farm and exported again is the same",
  async (format) => {
    await fc.assert(
      fc.asyncProperty(farm, async (made) => {
        await empty();
        await fill(made);
        const before = await exported(format);
        await empty();
        const { id, preview, findings } = await stage.preview(before.zip);
        expect(findings).toEqual([]);
        expect(preview.errors).toBe(0);
        expect((await stage.apply(id, "add_only")).phase.kind).toBe("done");
        await stage.imports.remove(stage.actor, id);
        expect((await exported(format)).files).toEqual(before.files);
      }),
      { numRuns: 5 },
    );
  },
  60_000,
);
