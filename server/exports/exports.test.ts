import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchangeManifestSchema } from "../exchange/contract.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { ExportOptions } from "./contract.ts";
import { placesOf } from "./store.ts";
import { readZip } from "./testing/read-zip.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
  await fill();
});
afterAll(() => web.close());

const fill = () =>
  web.farm.query(
    "owner",
    `INSERT INTO customers (number, name, notes, created_at) VALUES
       ('C-2', '=1+1', E'line one\\nline "two"', '2026-01-02 03:04:05.6+00'), ('C-10', 'Zoë, 🧵', '''=x', '2026-01-02 03:04:05+00')`,
  );

async function made(options: Partial<ExportOptions> = {}): Promise<Map<string, Buffer>> {
  const caller = await web.caller("owner");
  const { id } = await caller.exports.start(options);
  await web.web.exports.ended();
  expect(await caller.exports.get({ id })).toMatchObject({ state: "complete", problem: null });
  return readZip(await readFile(placesOf(web.folder, id).zip));
}

test("an export is what is in the database", async () => {
  const files = await made();
  expect(files.get("customers.csv")?.toString()).toBe(
    [
      "number,name,email,phone,address,notes,created_at",
      `C-10,"Zoë, 🧵",,,,''=x,2026-01-02T03:04:05.000Z`,
      `C-2,'=1+1,,,,"line one\nline ""two""",2026-01-02T03:04:05.600Z`,
      "",
    ].join("\r\n"),
  );
  const manifest = exchangeManifestSchema.parse(JSON.parse(files.get("manifest.json")?.toString() ?? ""));
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = files.get(name) ?? Buffer.alloc(0);
    expect([bytes, sha256]).toEqual([content.length, createHash("sha256").update(content).digest("hex")]);
  }
  expect(await readdir(web.folder)).toHaveLength(1);
});
