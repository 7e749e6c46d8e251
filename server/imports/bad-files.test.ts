import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { Finding } from "./contract.ts";
import type { Stage } from "./testing/import-stage.ts";
import { importStage } from "./testing/import-stage.ts";
import { makeZip, manifestFor, ourZip } from "./testing/make-zip.ts";

let web: TestWeb;
let stage: Stage;
beforeAll(async () => {
  web = await createTestWeb();
  stage = importStage(web);
});
afterAll(async () => {
  // Whatever was tried, nothing was written.
  const rows = await web.farm.query(
    "app",
    "SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM items) + (SELECT count(*) FROM orders) AS rows",
  );
  await web.close();
  expect(rows).toEqual([{ rows: "0" }]);
});

const AT = "2026-01-02T03:04:05.678Z";
const HEADER = "number,name,email,phone,address,notes,created_at";
const customer = (number: string, name = "Ada") => [number, name, "", "", "", "", AT];
const item = (sku: string) => [sku, "A part", "", "", "piece", "1.00", "0.0000", "0.000", "0.000", "true", "", AT];
const order = (number: string, who: string, total: string) => [number, who, "draft", AT, "", "", total, AT];

/** Errors as `file row column: what`. */
function told(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .map(({ file, row, column, what }) => `${file} ${row ?? "-"} ${column ?? "-"}: ${what}`);
}

async function errorsIn(zip: Buffer): Promise<string[]> {
  const { id, preview, findings } = await stage.preview(zip);
  expect(preview.errors).toBeGreaterThan(0);
  await expect(stage.apply(id)).rejects.toMatchObject({ code: "import-has-errors" });
  expect(findings.every(({ severity, todo }) => severity === "notice" || todo !== "")).toBe(true);
  return told(findings);
}

const customersCsv = (content: string | Buffer) => {
  const files = { "customers.csv": content };
  return makeZip([
    { name: "customers.csv", content },
    { name: "manifest.json", content: manifestFor(files) },
  ]);
};

test.each([
  [
    "semicolons",
    `${HEADER.replaceAll(",", ";")}\r\nC-1;Ada;;;;;${AT}\r\n`,
    /^customers.csv 1 number: There is no column “number”\.$/m,
  ],
  ["UTF-16", Buffer.from(`\uFEFF${HEADER}\r\n`, "utf16le"), /UTF-16/],
  ["Latin-1", Buffer.from(`${HEADER}\r\nC-1,Zo\u00eb,,,,,${AT}\r\n`, "latin1"), /not UTF-8/],
  ["a column twice", `${HEADER},name\r\n`, /Two columns are called “name”/],
  ["a column missing", `number,name\r\nC-1,Ada\r\n`, /no column “email”/],
  ["a row too short", `${HEADER}\r\nC-1,Ada\r\n`, /row has 2 cells, the header 7/],
  ["a NUL", `${HEADER}\r\nC-1,A\0da,,,,,${AT}\r\n`, /NUL/],
  ["text behind a quote", `${HEADER}\r\nC-1,"Ada"x,,,,,${AT}\r\n`, /behind a closing quote/],
  ["a quote left open", `${HEADER}\r\nC-1,"Ada,,,,,${AT}\r\n`, /never closed/],
  ["nothing at all", "", /empty/],
  ["a day that is none", `${HEADER}\r\nC-1,Ada,,,,,2026-02-30T00:00:00.000Z\r\n`, /not a date/],
])("%s is told, and nothing is written", async (_, content, expected) => {
  expect((await errorsIn(customersCsv(content))).join("\n")).toMatch(expected);
});

test("the semicolons of a spreadsheet are named as the cause", async () => {
  const { findings } = await stage.preview(customersCsv(`${HEADER.replaceAll(",", ";")}\r\n`));
  expect(findings[0]?.todo).toContain("separated by semicolons");
});

test("all that is wrong is told at once, with rows and columns", async () => {
  const zip = ourZip({
    customers: [customer("C-1"), customer("C-2", " "), customer("C-1")],
    items: [item("PRT 1"), item("PRT-2").with(5, "1.234"), item("PRT-3").with(9, "yes")],
    orders: [
      order("O-1", "C-9", "1.00"),
      order("O-2", "C-1", "5.00"),
      order("O-3", "C-1", "-1.00"),
      ["O-4", "C-1", "lost", AT, "", "", "0.00", AT],
    ],
    order_lines: [
      ["O-2", "1", "PRT-9", "x", "2.000", "1.00", "2.00"],
      ["O-2", "1", "", "x", "2.000", "1.00", "3.00"],
      ["O-8", "1", "", "x", "1.000", "1.00", "1.00"],
      ["O-1", "1", "", "x", "0.000", "1.00", "0.00"],
    ],
  });
  expect((await errorsIn(zip)).sort()).toEqual([
    "customers.csv 3 name: The cell is empty.",
    "customers.csv 4 number: “C-1” is in the file twice; the other one is in row 2.",
    "items.csv 2 sku: “PRT 1” cannot be an SKU.",
    "items.csv 3 selling_price: “1.234” has more than 2 decimal places.",
    "items.csv 4 active: “yes” is neither true nor false.",
    "order_lines.csv 2 item: There is no item “PRT-9”, neither in the file nor in FilaOps.",
    "order_lines.csv 3 line_total: The line's total is 3.00, but quantity times price is 2.00.",
    "order_lines.csv 3 position: The order has a line 1 already, in row 2.",
    "order_lines.csv 4 order: There is no order “O-8” in the file.",
    "order_lines.csv 5 quantity: The quantity is zero.",
    "orders.csv 2 customer: There is no customer “C-9”, neither in the file nor in FilaOps.",
    "orders.csv 4 total: “-1.00” is below zero.",
    "orders.csv 5 status: “lost” is no status that FilaOps knows.",
  ]);
});

test("a total that differs from its lines is told with both", async () => {
  const zip = ourZip({
    customers: [customer("C-1")],
    orders: [order("O-1", "C-1", "5.00")],
    order_lines: [["O-1", "1", "", "x", "2.000", "1.25", "2.50"]],
  });
  expect(await errorsIn(zip)).toEqual(["orders.csv 2 total: The total is 5.00, but the lines add up to 2.50."]);
});

test("what refers to itself or around refers to nothing", async () => {
  const zip = ourZip({
    items: [item("O-1")],
    orders: [order("O-1", "O-1", "0.00"), order("O-2", "O-1", "0.00")],
    order_lines: [["O-1", "1", "O-2", "x", "1.000", "0.00", "0.00"]],
  });
  expect(await errorsIn(zip)).toEqual([
    "orders.csv 2 customer: There is no customer “O-1”, neither in the file nor in FilaOps.",
    "order_lines.csv 2 item: There is no item “O-2”, neither in the file nor in FilaOps.",
  ]);
});

test("names of JavaScript's own are nothing but text", async () => {
  const names = ["__proto__", "constructor", "toString"];
  const { preview, findings } = await stage.preview(
    ourZip({ customers: names.map((name) => customer(name, name)), orders: names.map((name) => order(name, name, "0.00")) }),
  );
  expect(findings).toEqual([]);
  expect(preview.counts.map(({ entity, added }) => [entity, added])).toEqual([
    ["customers", 3],
    ["orders", 3],
  ]);
  expect(({} as Record<string, unknown>)["name"]).toBeUndefined();
});

const line = (fields: Record<string, unknown>) =>
  JSON.stringify({ number: "C-1", name: "Ada", email: "", phone: "", address: "", notes: "", created_at: AT, ...fields });

test("lines of JSON that are none, too deep, or hold the wrong kind are told", async () => {
  const content = [
    line({}).replace("{", '{"__proto__":{"name":"Eve"},'),
    "{",
    "[]",
    line({ number: "C-2", name: { first: "Ada" } }),
    `{"number":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    line({ number: "C-3", notes: "\ud800" }),
    line({ number: "C-4", email: undefined }),
  ].join("\n");
  const files = { "customers.jsonl": content };
  const manifest = manifestFor(files, { format: "jsonl" });
  const zip = makeZip([
    { name: "customers.jsonl", content },
    { name: "manifest.json", content: manifest },
  ]);
  expect(await errorsIn(zip)).toEqual([
    "customers.jsonl 2 -: The line is not JSON.",
    "customers.jsonl 3 -: The line is not a JSON object.",
    "customers.jsonl 4 name: There is no value of the right kind.",
    "customers.jsonl 5 -: There are too many brackets within brackets.",
    "customers.jsonl 6 notes: There is half of a character in the text.",
    "customers.jsonl 7 email: There is no value of the right kind.",
  ]);
});

test("a bomb is not unpacked", async () => {
  const zip = customersCsv(Buffer.alloc(64 * 1024 * 1024, "a"));
  expect(zip.length).toBeLessThan(100_000);
  expect(await errorsIn(zip)).toEqual(["customers.csv - -: “customers.csv” in it would unpack to more than 200 times its size."]);
});

test.each([
  ["says it is small", { bytes: 10 }, /holds more than it says/],
  ["is damaged", { crc32: 1 }, /is damaged/],
])("an entry that %s is told", async (_, claims, expected) => {
  const content = `${HEADER}\r\n${customer("C-1").join(",")}\r\n`;
  const manifest = { name: "manifest.json", content: manifestFor({ "customers.csv": content }) };
  expect((await errorsIn(makeZip([{ name: "customers.csv", content, claims }, manifest]))).join()).toMatch(expected);
});

test.each([
  ["that share bytes", { offset: 0 }, /shares bytes/],
  ["that are encrypted", { flags: 1 }, /encrypted/],
  ["packed otherwise", { method: 12 }, /does not read/],
])("entries %s are not read at all", async (_, claims, expected) => {
  const parts = [
    { name: "manifest.json", content: manifestFor({}) },
    { name: "a.csv", content: "a", claims },
  ];
  const { phase } = await stage.upload(makeZip(parts));
  expect(phase).toMatchObject({ kind: "failed", problem: { code: "import-unreadable" } });
  expect(JSON.stringify(phase)).toMatch(expected);
});

test("a file of a newer FilaOps, and one that was cut off, are refused in words", async () => {
  const newer = await stage.upload(makeZip([{ name: "manifest.json", content: manifestFor({}, { formatVersion: 2 }) }]));
  expect(newer.phase).toMatchObject({ kind: "failed", problem: { code: "import-newer" } });
  const cut = await stage.upload(ourZip({ customers: [customer("C-1")] }).subarray(0, -30));
  expect(cut.phase).toMatchObject({ kind: "failed", problem: { code: "import-unreadable" } });
});

test("paths in a zip lead nowhere, and what is not ours in it is only told", async () => {
  const zip = ourZip({ customers: [customer("C-1")] }, [
    { name: "/etc/../../passwd", content: "x" },
    { name: "notes.txt", content: "x" },
  ]);
  const { preview, findings } = await stage.preview(zip);
  expect(preview).toMatchObject({ errors: 0, notices: 2 });
  expect(findings.map(({ file }) => file)).toEqual(["/etc/../../passwd", "notes.txt"]);
});

test("more problems than are shown can all be downloaded", async () => {
  const zip = ourZip({ customers: Array.from({ length: 1500 }, (_, index) => customer(`C-${index}`, "")) });
  const { id, preview, findings } = await stage.preview(zip);
  expect([preview.errors, findings.length]).toEqual([1500, 1000]);
  let all = 0;
  for await (const { row } of stage.imports.allFindings(stage.actor, id)) all += row === null ? 0 : 1;
  expect(all).toBe(1500);
});

test("a quote that is broken at row 900,000 is told where it is, and soon", async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => `C-${10_000 + index},Customer,,,,,${AT}\r\n`).join("");
  const before = Buffer.from(rows);
  const broken = Buffer.from(rows.replace("C-19998,", 'C-19998,"'));
  const content = Buffer.concat([
    Buffer.from(`${HEADER}\r\n`),
    ...Array.from({ length: 99 }, (_, at) => (at === 89 ? broken : before)),
  ]);
  const manifest = { name: "manifest.json", content: manifestFor({ "customers.csv": HEADER }) };
  const { preview, findings } = await stage.preview(makeZip([{ name: "customers.csv", content, stored: true }, manifest]));
  expect(preview).toMatchObject({ errors: 1, counts: [] });
  expect(told(findings)).toEqual([expect.stringMatching(/^customers.csv 900000 -: A quote that opens here is never closed/)]);
}, 30_000);

test("a zip within a zip is not opened", async () => {
  const inner = customersCsv(`${HEADER}\r\n`);
  const { phase } = await stage.upload(makeZip([{ name: "inner.zip", content: inner }]));
  expect(phase).toMatchObject({ kind: "failed", problem: { code: "import-unreadable" } });
});
