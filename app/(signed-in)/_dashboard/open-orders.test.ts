import { expect, it } from "vitest";
import type { OrderRow } from "../../../server/orders/contract.ts";
import { dueFirst, openStatuses } from "./open-orders.ts";

const row = (id: string, dueAt: string | null) => ({ id, dueAt }) as OrderRow;

it("takes the earliest days out of all lists and leaves out what has none", () => {
  const lists = [
    [row("1", "2026-11-25T12:00:00.000Z"), row("2", null)],
    [row("3", "2026-11-20T12:00:00.000Z"), row("4", "2026-12-01T12:00:00.000Z")],
    [],
  ];
  expect(dueFirst(lists, 2).map((order) => order.id)).toEqual(["3", "1"]);
});

it("orders the open statuses by their position, with those that a later version adds", () => {
  const statuses = [
    { code: "shipped", label: "Shipped", position: 50 },
    { code: "quality-check", label: "Quality check", position: 35 },
    { code: "draft", label: "Draft", position: 10 },
  ];
  expect(openStatuses(statuses).map((status) => status.code)).toEqual(["draft", "quality-check"]);
});
