import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestWeb } from "../trpc/testing/test-web.ts";
import { createTestWeb } from "../trpc/testing/test-web.ts";
import type { OrderInput } from "./contract.ts";

let web: TestWeb;
let staff: Awaited<ReturnType<TestWeb["caller"]>>;
let customer: string;
let item: string;

beforeAll(async () => {
  web = await createTestWeb();
  staff = await web.caller("staff");
  customer = (await staff.customers.create({ name: "Ada's Robots", email: "", phone: "", address: "", notes: "" })).id;
  item = (await staff.items.create({ sku: "PRT-1", name: "Gear", sellingPrice: "8.90" })).id;
});
afterAll(() => web.close());

const order = (more: Partial<OrderInput> = {}): OrderInput => ({
  customer,
  status: "draft",
  placedAt: "2026-11-01T10:00:00.000Z",
  dueAt: null,
  notes: "",
  lines: [
    { item, description: "Gear, PLA", quantity: "3", unitPrice: "8.90" },
    { item: null, description: "Design", quantity: "0.125", unitPrice: "60.00" },
  ],
  ...more,
});

test("an order is saved with its lines, a number and totals that we computed", async () => {
  const saved = await staff.orders.create(order());
  expect(saved).toMatchObject({ number: "O-00001", total: "34.20", customer: { id: customer, number: "C-00001" } });
  expect(saved.lines.map(({ position, lineTotal, item: of }) => [position, lineTotal, of?.sku ?? null])).toEqual([
    [1, "26.70", "PRT-1"],
    [2, "7.50", null],
  ]);
  expect(await staff.orders.get({ id: saved.id })).toEqual(saved);
});

test("changing an order replaces its lines and its total, and keeps its number", async () => {
  const saved = await staff.orders.create(order());
  const lines = [{ item: null, description: "Express", quantity: "1", unitPrice: "15" }];
  const changed = await staff.orders.update({ ...order({ lines, status: "confirmed" }), id: saved.id });
  expect(changed).toMatchObject({ number: saved.number, total: "15.00", status: { code: "confirmed", label: "Confirmed" } });
  expect(changed.lines).toHaveLength(1);
});

test("two people who save the same order at once leave the lines of one of them, never a mixture", async () => {
  const saved = await staff.orders.create(order());
  const version = (price: string) => ({
    ...order({ lines: [1, 2, 3].map((n) => ({ item: null, description: `${price} ${n}`, quantity: "1", unitPrice: price })) }),
    id: saved.id,
  });
  await Promise.all([staff.orders.update(version("10")), staff.orders.update(version("20")), staff.orders.update(version("30"))]);
  const after = await staff.orders.get({ id: saved.id });
  expect(after.lines).toHaveLength(3);
  expect(new Set(after.lines.map(({ unitPrice }) => unitPrice)).size).toBe(1);
  expect(Number(after.total)).toBe(3 * Number(after.lines[0]!.unitPrice));
});

describe("what does not fit is refused whole", () => {
  const count = async () => (await staff.orders.list({})).total;

  test.each([
    { what: "customer", more: { customer: "999999" } },
    { what: "status", more: { status: "nonsense" } },
    { what: "lines", more: { lines: [{ item: "999999", description: "x", quantity: "1", unitPrice: "1" }] } },
  ])("a $what that is not there", async ({ what, more }) => {
    const before = await count();
    await expect(staff.orders.create(order(more))).rejects.toMatchObject({ code: "BAD_REQUEST", cause: { field: what } });
    expect(await count()).toBe(before);
  });

  test.each([
    ["no lines", { lines: [] }],
    ["a float's tail", { lines: [{ item: null, description: "x", quantity: "1", unitPrice: "0.1000001" }] }],
    ["nothing of it", { lines: [{ item: null, description: "x", quantity: "0.000", unitPrice: "1" }] }],
    ["a negative price", { lines: [{ item: null, description: "x", quantity: "1", unitPrice: "-1" }] }],
    ["more digits than we keep", { lines: [{ item: null, description: "x", quantity: "999999", unitPrice: "999999999" }] }],
  ])("%s", async (_, more) => {
    await expect(staff.orders.create(order(more))).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("lists", () => {
  test("searches by order number, customer's name and number, and filters by status", async () => {
    const other = await staff.customers.create({
      name: "Zoë Ç. & Söhne",
      email: "z@example.test",
      phone: "",
      address: "",
      notes: "",
    });
    await staff.orders.create(order({ customer: other.id, status: "printing" }));
    const found = async (input: Parameters<typeof staff.orders.list>[0]) =>
      (await staff.orders.list(input)).rows.map((row) => row.customer.name);
    expect(await found({ search: "söhne" })).toEqual(["Zoë Ç. & Söhne"]);
    expect(await found({ search: other.number.toLowerCase() })).toEqual(["Zoë Ç. & Söhne"]);
    expect(await found({ status: "printing" })).toEqual(["Zoë Ç. & Söhne"]);
    expect(await found({ customer: other.id })).toEqual(["Zoë Ç. & Söhne"]);
    for (const search of ["%", "_", "\\"]) expect(await found({ search })).toEqual([]);
  });

  test("every row is on exactly one page, whatever the order", async () => {
    for (const sort of ["number", "placedAt", "dueAt", "total", "customer"] as const) {
      const { total } = await staff.orders.list({});
      const pages = Array.from({ length: Math.ceil(total / 2) }, (_, index) =>
        staff.orders.list({ sort, page: index + 1, pageSize: 2 }),
      );
      const ids = (await Promise.all(pages)).flatMap(({ rows }) => rows.map(({ id }) => id));
      expect(new Set(ids).size).toBe(total);
      expect(ids).toHaveLength(total);
    }
  });

  test("customers and items are found by what they are called", async () => {
    expect((await staff.customers.list({ search: "ROBOTS" })).rows).toMatchObject([{ id: customer }]);
    expect((await staff.customers.list({ search: "nobody" })).total).toBe(0);
    expect((await staff.items.list({ search: "prt" })).rows).toMatchObject([{ id: item, low: true, sellingPrice: "8.90" }]);
  });
});

test("an SKU that is taken is said at its field, and a thing that is not there is not found", async () => {
  await expect(staff.items.create({ sku: "PRT-1", name: "Again", sellingPrice: "1" })).rejects.toMatchObject({
    code: "CONFLICT",
    cause: { field: "sku" },
  });
  await expect(staff.orders.get({ id: "999999" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  const nobody = { id: "999999", name: "Nobody", email: "", phone: "", address: "", notes: "" };
  await expect(staff.customers.update(nobody)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("numbers go on after five digits", async () => {
  await web.farm.query("owner", "SELECT setval('customer_numbers', 99999)");
  const entered = { name: "Later", email: "", phone: "", address: "", notes: "" };
  expect((await staff.customers.create(entered)).number).toBe("C-100000");
});
