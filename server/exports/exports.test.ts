import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { exchangeManifestSchema } from "../exchange/contract.ts";
import { storeFile } from "../files/store-file.ts";
import { remove } from "../platform/files.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { ExportOptions } from "./contract.ts";
import { placesOf } from "./store.ts";
import { anotherProcess, OPTIONS, OWNER } from "./testing/fixture.ts";
import { readZip } from "./testing/read-zip.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  await web.farm.query("owner", FARM);
});
beforeEach(() => remove(web.folder));
afterAll(() => web.close());

/** In a database that sorts as people do, c before C. */
const FARM = `
  ALTER TABLE customers ALTER number TYPE text COLLATE "en-x-icu";
  INSERT INTO customers (number, name, notes, created_at) VALUES
    ('C-2', '=1+1', E'line one\\nline "two"', '2026-01-02 03:04:05.6+00'), ('c-10', 'Zoë, 🧵', '''=x', '2026-01-02 03:04:05+00');
  INSERT INTO items (sku, name, selling_price, standard_cost, on_hand, active, created_at) VALUES
    ('007', ' Vase ', 1234567890.10, 0.0001, -5, false, '2026-01-02 03:04:05+00');
  INSERT INTO orders (number, customer_id, status, placed_at, due_at, notes, total, created_at)
    SELECT 'O-' || n, c.id, 'draft', '2026-01-02 03:04:05+01', CASE n WHEN 1 THEN timestamptz '2026-02-01 00:00:00+00' END, '-5', n * 20.10, '2026-01-02 03:04:05+00'
      FROM generate_series(1, 2) n, customers c WHERE c.number = 'C-2';
  INSERT INTO order_lines (order_id, item_id, position, description, quantity, unit_price, line_total)
    SELECT o.id, CASE l WHEN 1 THEN i.id END, l, 'Line ' || l, 2, 5.025 * 2, 20.10 FROM orders o, items i, generate_series(1, 2) l WHERE l = 1 OR o.number = 'O-2';
  INSERT INTO settings (key, value) VALUES ('farmName', '"Nordlicht"'), ('secretOfLater', '"do not tell"');`;

async function made(options: Partial<ExportOptions> = {}, exporter = anotherProcess(web)): Promise<Map<string, string>> {
  const { id } = await exporter.start(OWNER, { options: { ...OPTIONS, ...options }, key: null });
  await exporter.ended();
  expect(await exporter.get(id)).toMatchObject({ state: "complete", problem: null });
  const files = readZip(await readFile(placesOf(web.folder, id).zip));
  return new Map([...files].map(([name, content]) => [name, content.toString("latin1")]));
}
const utf8 = (text: string) => Buffer.from(text).toString("latin1");
const manifestOf = (files: Map<string, string>) =>
  exchangeManifestSchema.parse(JSON.parse(Buffer.from(files.get("manifest.json") ?? "", "latin1").toString()));

test("CSV is what is in the database, in the order of the keys' bytes, without formulas", async () => {
  const files = await made();
  const lines = (...all: string[]) => utf8(`${all.join("\r\n")}\r\n`);
  expect(Object.fromEntries(files)).toMatchObject({
    "customers.csv": lines(
      "number,name,email,phone,address,notes,created_at",
      `C-2,'=1+1,,,,"line one\nline ""two""",2026-01-02T03:04:05.600Z`,
      `c-10,"Zoë, 🧵",,,,''=x,2026-01-02T03:04:05.000Z`,
    ),
    "items.csv": lines(
      "sku,name,description,material,unit,selling_price,standard_cost,on_hand,reorder_point,active,image_sha256,created_at",
      '007," Vase ",,,piece,1234567890.10,0.0001,-5.000,0.000,false,,2026-01-02T03:04:05.000Z',
    ),
    "orders.csv": lines(
      "number,customer,status,placed_at,due_at,notes,total,created_at",
      "O-1,C-2,draft,2026-01-02T02:04:05.000Z,2026-02-01T00:00:00.000Z,'-5,20.10,2026-01-02T03:04:05.000Z",
      "O-2,C-2,draft,2026-01-02T02:04:05.000Z,,'-5,40.20,2026-01-02T03:04:05.000Z",
    ),
    "order_lines.csv": lines(
      "order,position,item,description,quantity,unit_price,line_total",
      "O-1,1,007,Line 1,2.000,10.05,20.10",
      "O-2,1,007,Line 1,2.000,10.05,20.10",
      "O-2,2,,Line 2,2.000,10.05,20.10",
    ),
  });
  const manifest = manifestOf(files);
  expect(manifest).toMatchObject({ product: "filaops", formatVersion: 1, appVersion: "1.0.0", format: "csv", withFiles: false });
  expect(manifest.totals).toEqual({ "orders.total": "60.30", "order_lines.line_total": "60.30", "items.on_hand": "-5.000" });
  expect([...files.keys()]).toEqual([...manifest.files.map(({ name }) => name), "manifest.json"]);
  expect(manifest.files.map(({ rows }) => rows)).toEqual([2, 1, 2, 3]);
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = Buffer.from(files.get(name) ?? "", "latin1");
    expect([bytes, sha256]).toEqual([content.length, createHash("sha256").update(content).digest("hex")]);
  }
});

test("the same data gives the same files, with a mark for Excel when it is wanted", async () => {
  const [first, second, marked] = [await made(), await made(), await made({ forExcel: true })];
  for (const [name, content] of first) if (name !== "manifest.json") expect(second.get(name)).toBe(content);
  for (const { name } of manifestOf(first).files) expect(marked.get(name)).toBe(utf8("\ufeff") + (first.get(name) ?? ""));
});

test("JSON Lines holds the same, and users and settings without secrets", async () => {
  const files = await made({ format: "jsonl", withAccounts: true });
  const rows = (name: string) =>
    Buffer.from(files.get(`${name}.jsonl`) ?? "", "latin1")
      .toString()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
  expect(rows("customers")).toMatchObject([
    { name: "=1+1", email: "" },
    { name: "Zoë, 🧵", notes: "'=x" },
  ]);
  expect(rows("order_lines")[2]).toEqual({
    ...{ order: "O-2", position: "2", item: null, description: "Line 2" },
    ...{ quantity: "2.000", unit_price: "10.05", line_total: "20.10" },
  });
  expect(rows("users")).toContainEqual({ email: "admin@farm.test", name: "The admin", role: "admin", disabled: false });
  expect(rows("settings")).toEqual([{ key: "farmName", value: "Nordlicht" }]);
  expect([...files.values()].join("")).not.toMatch(/argon2|do not tell/);
});

test("pictures and attachments come with their content; what is missing on the disk is counted", async () => {
  const folder = web.web.files ?? "";
  const store = (text: string) => storeFile(folder, Readable.from([Buffer.from(text)]), { kind: "attachment", reserveBytes: 0 });
  const [kept, gone] = [await store("a drawing"), await store("gone")];
  for (const { sha256, bytes } of [kept, gone]) {
    await web.farm.query("owner", `INSERT INTO stored_files VALUES ('${sha256}', ${bytes}, 'application/octet-stream')`);
    await web.farm.query(
      "owner",
      `INSERT INTO order_attachments (order_id, sha256, file_name, created_at) SELECT id, '${sha256}', 'plan.txt', '2026-01-02 03:04:05+00' FROM orders WHERE number = 'O-1'`,
    );
  }
  await remove(`${folder}/${gone.sha256}`);
  const exporter = anotherProcess(web);
  const files = await made({ withFiles: true }, exporter);
  expect(files.get(`files/${kept.sha256}`)).toBe("a drawing");
  expect(files.has(`files/${gone.sha256}`)).toBe(false);
  expect((await exporter.list())[0]).toMatchObject({ lacking: 1 });
  const manifest = manifestOf(files);
  expect([manifest.withFiles, manifest.files.at(-1)?.entity, manifest.files.at(-1)?.rows]).toEqual([true, "attachments", 2]);
  expect(files.get("attachments.csv")?.split("\r\n").slice(0, 3)).toEqual([
    "order,sha256,file_name,created_at",
    ...[kept.sha256, gone.sha256].sort().map((sha256) => `O-1,${sha256},plan.txt,2026-01-02T03:04:05.000Z`),
  ]);
  expect(await readdir(placesOf(web.folder, (await exporter.list())[0]?.id ?? "").own)).toEqual(["export.zip", "state.json"]);
});

test("what is saved while an export is made is not in it", async () => {
  const change =
    "INSERT INTO customers (number, name) VALUES ('C-3', 'too late'); UPDATE orders SET notes = 'changed'; DELETE FROM order_lines";
  let isChanged = false;
  const exporter = anotherProcess(web, {
    reading: (snapshot) => ({
      ...snapshot,
      batches: async function* (sql, size) {
        if (!isChanged) await web.farm.query("owner", change);
        isChanged = true;
        yield* snapshot.batches(sql, size);
      },
    }),
  });
  const before = await made();
  const during = await made({}, exporter);
  expect(isChanged).toBe(true);
  for (const { name } of manifestOf(before).files) expect(during.get(name)).toBe(before.get(name));
  expect((await made()).get("customers.csv")).toContain("too late");
});
