import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IDEMPOTENCY_HEADER } from "../trpc/contract.ts";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import { SAMPLE_SIZE } from "./contract.ts";

let web: TestWeb;
beforeAll(async () => {
  web = await createTestWeb();
});
afterAll(() => web.close());

const tables = ["customers", "items", "orders", "order_attachments"];
const counts = async () => {
  const [row] = await web.farm.query(
    "owner",
    `SELECT ARRAY[${tables.map((table) => `(SELECT count(*)::int FROM ${table})`).join()}] AS n`,
  );
  return row?.["n"];
};

test("a farm in which something was entered is left alone", async () => {
  await web.farm.query("owner", "INSERT INTO items (sku, name, selling_price) VALUES ('mine', 'Mine', 1)");
  const caller = await web.caller("admin");
  expect(await caller.samples.state()).toEqual({ empty: false });
  await expect(caller.samples.add()).rejects.toMatchObject({ code: "CONFLICT", cause: { code: "farm-not-empty" } });
  expect(await counts()).toEqual([0, 1, 0, 0]);
  await web.farm.query("owner", "DELETE FROM items");
});

test("an empty one is filled once, also when it is asked for twice at once", async () => {
  const caller = await web.caller("admin", { [IDEMPOTENCY_HEADER]: "the-click-on-samples" });
  expect(await caller.samples.state()).toEqual({ empty: true });
  const other = await web.caller("owner");
  const [first, again, others] = await Promise.allSettled([caller.samples.add(), caller.samples.add(), other.samples.add()]);
  const won = [first, again, others].filter(({ status }) => status === "fulfilled");
  expect(won.length).toBeGreaterThan(0);
  for (const answer of [first, again, others]) {
    if (answer.status === "rejected") expect(answer.reason).toMatchObject({ cause: { code: "farm-not-empty" } });
  }
  for (const answer of won) expect(answer).toMatchObject({ value: SAMPLE_SIZE });
  expect(await counts()).toEqual([SAMPLE_SIZE.customers, SAMPLE_SIZE.items, SAMPLE_SIZE.orders, 12]);
  const wrong = "SELECT FROM orders o WHERE total <> (SELECT sum(line_total) FROM order_lines WHERE order_id = o.id)";
  expect(await web.farm.query("owner", wrong)).toEqual([]);
  const [row] = await web.farm.query("owner", "SELECT array_agg(sha256 ORDER BY sha256) AS names FROM stored_files");
  expect((await readdir(web.web.files ?? "")).sort()).toEqual(row?.["names"]);
});
