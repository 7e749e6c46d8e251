import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { newUlid } from "../platform/ids.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { Phase } from "./contract.ts";
import { importsFolder } from "./folder.ts";
import { settlePhase } from "./settle.ts";
import type { Stage } from "./testing/import-stage.ts";
import { importStage } from "./testing/import-stage.ts";
import { EXPORTED_AT, ourZip } from "./testing/make-zip.ts";

let web: TestWeb;
let stage: Stage;
beforeAll(async () => {
  web = await createTestWeb();
  stage = importStage(web);
});
afterAll(() => web.close());
beforeEach(() =>
  web.farm.query("owner", "TRUNCATE customers, items, orders, order_lines, order_attachments, stored_files, settings"),
);

const AT = "2026-01-02T03:04:05.678Z";
const BEFORE = "2026-11-26 11:00:00+00";
const AFTER = "2026-11-26 13:00:00+00";
const customer = (number: string, name: string) => [number, name, "", "", "", "", AT];
const item = (sku: string, image = "") => [
  sku,
  "A part",
  "",
  "PLA",
  "piece",
  "12.50",
  "0.0250",
  "0.000",
  "0.000",
  "true",
  image,
  AT,
];
const order = (number: string, who: string, total: string) => [number, who, "confirmed", AT, "", "", total, AT];
const query = (sql: string) => web.farm.query("owner", sql);
const names = async () =>
  (await query("SELECT number, name FROM customers ORDER BY number")).map(
    ({ number, name }) => `${String(number)} ${String(name)}`,
  );
const have = (number: string, name: string, updatedAt: string) =>
  query(`INSERT INTO customers (number, name, created_at, updated_at) VALUES ('${number}', '${name}', '${AT}', '${updatedAt}')`);

/** One row of each kind: new, the same, changed in the file, changed here since the export. */
async function ofEachKind(): Promise<string> {
  await have("C-1", "Same", BEFORE);
  await have("C-2", "Old", BEFORE);
  await have("C-3", "Newer here", AFTER);
  const rows = [customer("C-0", "New"), customer("C-1", "Same"), customer("C-2", "File"), customer("C-3", "File")];
  const { id, preview } = await stage.preview(ourZip({ customers: rows }));
  expect(preview).toMatchObject({
    exportedAt: EXPORTED_AT,
    counts: [{ entity: "customers", rows: 4, added: 1, unchanged: 1, changed: 1, conflicts: 1 }],
    conflicts: [{ entity: "customers", key: "C-3" }],
  });
  return id;
}

test.each([
  ["add_only", ["C-0 New", "C-1 Same", "C-2 Old", "C-3 Newer here"], { added: 1, changed: 0, unchanged: 3 }],
  ["skip", ["C-0 New", "C-1 Same", "C-2 File", "C-3 Newer here"], { added: 1, changed: 1, unchanged: 2 }],
  ["overwrite", ["C-0 New", "C-1 Same", "C-2 File", "C-3 File"], { added: 1, changed: 2, unchanged: 1 }],
] as const)("%s does what it says", async (policy, expected, counts) => {
  const { phase } = await stage.apply(await ofEachKind(), policy);
  expect(phase).toMatchObject({ kind: "done", report: { policy, counts: [{ entity: "customers", ...counts }] } });
  expect(await names()).toEqual(expected);
});

test("what was changed after the preview is a conflict, and what was made meanwhile is not made twice", async () => {
  const id = await ofEachKind();
  await query("UPDATE customers SET name = 'Changed meanwhile', updated_at = now() WHERE number = 'C-2'");
  await have("C-0", "Made meanwhile", AFTER);
  await stage.apply(id, "skip");
  expect(await names()).toEqual(["C-0 Made meanwhile", "C-1 Same", "C-2 Changed meanwhile", "C-3 Newer here"]);
});

test("the lines of an order are replaced with it, and only then", async () => {
  const line = (position: string, quantity: string, total: string) => ["O-1", position, "PRT-1", "x", quantity, "12.50", total];
  const base = { customers: [customer("C-1", "Ada")], items: [item("PRT-1")] };
  const first = ourZip({
    ...base,
    orders: [order("O-1", "C-1", "37.50")],
    order_lines: [line("1", "1.000", "12.50"), line("2", "2.000", "25.00")],
  });
  await stage.apply((await stage.preview(first)).id);
  const second = ourZip({ ...base, orders: [order("O-1", "C-1", "50.00")], order_lines: [line("1", "4.000", "50.00")] });
  const { id, preview } = await stage.preview(second);
  expect(preview.conflicts).toEqual([{ entity: "orders", key: "O-1" }]);
  const lines = () =>
    query("SELECT o.total::text, l.position, l.quantity::text FROM orders o JOIN order_lines l ON l.order_id = o.id ORDER BY 2");
  await stage.apply(id, "skip");
  expect(await lines()).toHaveLength(2);
  await stage.apply((await stage.preview(second)).id, "overwrite");
  expect(await lines()).toEqual([{ total: "50.00", position: 1, quantity: "4.000" }]);
});

test("what fails in the end takes all of it back", async () => {
  const zip = ourZip({ customers: [customer("C-1", "Ada")], orders: [order("O-1", "C-1", "0.00")] });
  const { id } = await stage.preview(zip);
  await query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON orders EXECUTE FUNCTION refuse()`);
  try {
    expect((await stage.apply(id)).phase).toMatchObject({ kind: "failed" });
    expect(await names()).toEqual([]);
  } finally {
    await query("DROP TRIGGER refuse ON orders; DROP FUNCTION refuse");
  }
  expect((await stage.apply(id)).phase).toMatchObject({ kind: "done" });
  expect(await names()).toEqual(["C-1 Ada"]);
});

test("while an update pauses saving nothing is written, and pressing again does", async () => {
  const { id } = await stage.preview(ourZip({ customers: [customer("C-1", "Ada")] }));
  const databases = web.farm.databases();
  await databases.closeFence();
  expect((await stage.apply(id)).phase).toMatchObject({ kind: "failed", problem: { code: "import-stopped" } });
  expect(await names()).toEqual([]);
  await databases.openFence();
  expect((await stage.apply(id)).phase).toMatchObject({ kind: "done" });
});

test("saves go on while an import is written, with numbers beyond those in the file", async () => {
  const { id } = await stage.preview(ourZip({ customers: [customer("C-70000", "Ada")] }));
  const blocker = await web.farm.connect("owner");
  await blocker.query("BEGIN");
  // Holds the import up after it has taken its numbers.
  await blocker.query("LOCK TABLE customers IN SHARE MODE");
  await stage.imports.apply(stage.actor, { id, policy: "overwrite" });
  await expect
    .poll(() => query("SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = 'customers'::regclass"))
    .toEqual([{ waiting: 1 }]);
  const saved = web.caller("staff").then((caller) => caller.customers.create({ name: "Eve" }));
  await blocker.query("COMMIT");
  expect((await saved).number).toBe("C-70001");
  await stage.imports.idle();
  expect(await names()).toEqual(["C-70000 Ada", "C-70001 Eve"]);
});

test("cancelled while it is written, it leaves nothing and can be pressed again", async () => {
  const { id } = await stage.preview(ourZip({ customers: [customer("C-1", "Ada")] }));
  const blocker = await web.farm.connect("owner");
  await blocker.query("BEGIN");
  await blocker.query("LOCK TABLE customers IN SHARE MODE");
  await stage.imports.apply(stage.actor, { id, policy: "overwrite" });
  const cancelled = stage.imports.cancel(stage.actor, id);
  await blocker.query("COMMIT");
  expect(await cancelled).toMatchObject({ phase: { kind: "cancelled", preview: { errors: 0 } } });
  expect(await names()).toEqual([]);
  expect((await stage.apply(id)).phase).toMatchObject({ kind: "done" });
});

const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from("a picture")]);
const shaOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

test("pictures and attachments come with their content, or are left out and said", async () => {
  const [image, lost] = [shaOf(png), "a".repeat(64)];
  const rows = {
    customers: [customer("C-1", "Ada")],
    items: [item("PRT-1", image), item("PRT-2", lost)],
    orders: [order("O-1", "C-1", "0.00")],
    attachments: [
      ["O-1", image, "plan.png", AT],
      ["O-1", lost, "lost.png", AT],
    ],
  };
  const zip = ourZip(rows, [{ name: `files/${image}`, content: png }]);
  const { id, preview, findings } = await stage.preview(zip);
  expect(preview).toMatchObject({ errors: 0, notices: 2 });
  expect(findings.map(({ file, row }) => `${file} ${row ?? 0}`)).toEqual(["items.csv 3", "attachments.csv 3"]);
  await stage.apply(id);
  expect(await readFile(join(web.web.files ?? "", image))).toEqual(png);
  expect(await query("SELECT sku, image_sha256 FROM items ORDER BY sku")).toEqual([
    { sku: "PRT-1", image_sha256: image },
    { sku: "PRT-2", image_sha256: null },
  ]);
  expect(await query("SELECT sha256, file_name, created_by::text FROM order_attachments")).toEqual([
    { sha256: image, file_name: "plan.png", created_by: web.ids.admin },
  ]);
  const again = await stage.preview(zip);
  expect(again.preview.counts.every(({ rows: all, unchanged }) => all === unchanged)).toBe(true);
  const damaged = await stage.preview(ourZip(rows, [{ name: `files/${lost}`, content: png }]));
  expect(damaged.findings.map(({ row, what }) => `${row ?? 0} ${what}`)).toContain(
    "3 Its content is not the one that it was exported with.",
  );
});

test("settings are taken if they are known and valid; people and their roles never", async () => {
  const rows = {
    users: [["eve@farm.test", "Eve", "owner", "false"]],
    settings: [
      ["farmName", '"""My farm"""'],
      ["session_epoch", "0"],
    ],
  };
  const { id, preview } = await stage.preview(ourZip(rows));
  expect(preview).toMatchObject({ errors: 0, notices: 2, counts: [{ entity: "settings", added: 1 }] });
  await stage.apply(id);
  expect(await query("SELECT key, value FROM settings")).toEqual([{ key: "farmName", value: "My farm" }]);
  expect(await query("SELECT count(*)::int AS people FROM users")).toEqual([{ people: 4 }]);
  const wrong = await stage.preview(
    ourZip({
      settings: [
        ["currency", '"""euros"""'],
        ["farmName", "[[[["],
      ],
    }),
  );
  expect(wrong.preview.errors).toBe(2);
});

test("one import at a time; cancelled while it is read, it is nothing", async () => {
  let go: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (go = resolve));
  const slow = stage.upload(
    (async function* () {
      yield ourZip({ customers: [customer("C-1", "Ada")] });
      await waiting;
    })(),
  );
  await expect(stage.upload(ourZip({}))).rejects.toMatchObject({ code: "import-busy" });
  go();
  const { id } = await slow;
  await stage.imports.remove(stage.actor, id);
  await expect(stage.imports.get(stage.actor, id)).rejects.toMatchObject({ code: "not-found" });
});

test("an upload whose sender goes away leaves nothing", async () => {
  const folder = importsFolder(web.imports);
  const before = await folder.list();
  const broken = Readable.from(
    (function* () {
      yield Buffer.from("PK");
      throw new Error("gone");
    })(),
  );
  await expect(stage.upload(broken)).rejects.toThrow("gone");
  expect(await folder.list()).toEqual(before);
});

test("what a process that is gone was writing is done if it was committed, else interrupted", async () => {
  const { id, preview } = await stage.preview(ourZip({ customers: [customer("C-1", "Ada")] }));
  const found = await stage.imports.get(stage.actor, id);
  const client = await web.farm.connect("app");
  const transaction = async (end: "COMMIT" | "ROLLBACK") => {
    await client.query("BEGIN");
    await client.query("INSERT INTO settings (key, value) VALUES ('x', '1') ON CONFLICT DO NOTHING");
    const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
    await client.query(end);
    return rows[0]?.xid ?? "";
  };
  const report = { policy: "skip" as const, counts: [], newCustomers: 0, at: AT };
  const applying = (xid: string | null): Phase => ({
    kind: "applying",
    preview,
    policy: "skip",
    rows: 1,
    ofRows: 1,
    xid,
    report: xid === null ? null : report,
  });
  const settle = (phase: Phase, beatAt: string) =>
    settlePhase({ import: { ...found, phase }, beatAt }, { database: web.web.database, clock: systemClock });
  const long = "2026-01-01T00:00:00.000Z";
  expect(await settle(applying(null), new Date().toISOString())).toMatchObject({ kind: "applying" });
  expect(await settle(applying(null), long)).toEqual({ kind: "interrupted", preview });
  expect(await settle(applying(await transaction("ROLLBACK")), long)).toEqual({ kind: "interrupted", preview });
  expect(await settle(applying(await transaction("COMMIT")), long)).toEqual({ kind: "done", report });
  expect(await settle(applying("999999999999"), long)).toEqual({ kind: "interrupted", preview });
  expect(await settle({ kind: "comparing", rows: 0, ofRows: 1 }, long)).toEqual({ kind: "interrupted", preview: null });
});

test("an import that is older than a week is taken away", async () => {
  const folder = importsFolder(web.imports);
  const daysAgo = (days: number) => newUlid({ now: () => new Date(Date.now() - days * 86_400_000) });
  const [old, young] = [daysAgo(7.1), daysAgo(6.9)];
  for (const id of [old, young]) await folder.receive(id, Readable.from([Buffer.from("x")]));
  await stage.imports.list(stage.actor);
  const left = await folder.list();
  expect([left.includes(old), left.includes(young)]).toEqual([false, true]);
  await folder.remove(young);
});
