import { describe, expect, it } from "vitest";
import { orderInputSchema } from "../../../server/orders/contract.ts";
import type { Order } from "../../../server/orders/contract.ts";
import { newOrderValues, readOrderValues, valuesOf } from "./order-values.ts";

const order: Order = {
  id: "3",
  number: "O-00003",
  customer: { id: "7", number: "C-00007", name: "Kim" },
  status: { code: "printing", label: "Printing" },
  placedAt: "2026-11-20T08:15:30.123Z",
  dueAt: "2026-11-30T22:59:00.000Z",
  total: "29.99",
  createdAt: "2026-11-20T08:15:30.123Z",
  updatedAt: "2026-11-20T08:15:30.123Z",
  notes: "Ring twice.",
  attachments: [],
  lines: [
    {
      id: "1",
      position: 1,
      item: { id: "4", sku: "B-1" },
      description: "Bracket",
      quantity: "2.500",
      unitPrice: "9.99",
      lineTotal: "24.98",
    },
    { id: "2", position: 2, item: null, description: "Express", quantity: "10.000", unitPrice: "5.01", lineTotal: "50.10" },
  ],
};

describe("an order that is opened and saved", () => {
  it("stays exactly as it was, to the millisecond", () => {
    const input = orderInputSchema.parse(readOrderValues(valuesOf(order), order));
    expect(input).toEqual({
      customer: "7",
      status: "printing",
      placedAt: order.placedAt,
      dueAt: order.dueAt,
      notes: "Ring twice.",
      lines: [
        { item: "4", description: "Bracket", quantity: "2.5", unitPrice: "9.99" },
        { item: null, description: "Express", quantity: "10", unitPrice: "5.01" },
      ],
    });
  });

  it("takes a day that was changed, and a due day that was taken away", () => {
    const values = { ...valuesOf(order), placedAt: "2026-11-21", dueAt: "" };
    expect(readOrderValues(values, order)).toMatchObject({ placedAt: new Date(2026, 10, 21, 12).toISOString(), dueAt: null });
  });
});

describe("a new order", () => {
  const now = new Date(2026, 10, 23, 9, 30);
  const known = { placedAt: now.toISOString(), dueAt: null };

  it("begins now, with one empty line and nobody chosen", () => {
    const values = newOrderValues({ now, status: "draft", customer: null });
    expect(readOrderValues(values, known)).toMatchObject({ customer: undefined, placedAt: now.toISOString(), status: "draft" });
    expect(values.lines).toHaveLength(1);
  });

  it("reads numbers as people type them", () => {
    const values = newOrderValues({ now, status: "draft", customer: { id: "7", name: "Kim" } });
    const lines = values.lines.map((line) => ({ ...line, description: "x", quantity: "0,5", unitPrice: " 12,50 " }));
    expect(readOrderValues({ ...values, lines }, known)).toMatchObject({ lines: [{ quantity: "0.5", unitPrice: "12.50" }] });
  });
});
