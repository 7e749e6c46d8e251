import type { Order } from "../../../server/orders/contract.ts";
import { tidyDecimal } from "../../_client/decimal.ts";
import { fromDay, toDay } from "./due.ts";

export type LineValues = {
  /** Tells the lines of a form apart while they are moved. */
  key: number;
  item: { id: string; sku: string } | null;
  description: string;
  quantity: string;
  unitPrice: string;
};

/** What the order form keeps: days instead of instants, and names beside ids. */
export type OrderValues = {
  customer: { id: string; name: string } | null;
  status: string;
  placedAt: string;
  dueAt: string;
  notes: string;
  lines: LineValues[];
};

/** An empty line. */
export function emptyLine(key: number): LineValues {
  return { key, item: null, description: "", quantity: "1", unitPrice: "" };
}

/** A new order as it begins: today, with one empty line. */
export function newOrderValues(begin: { now: Date; status: string; customer: OrderValues["customer"] }): OrderValues {
  return {
    customer: begin.customer,
    status: begin.status,
    placedAt: toDay(begin.now),
    dueAt: "",
    notes: "",
    lines: [emptyLine(1)],
  };
}

/** An order as the form shows it. */
export function valuesOf(order: Order): OrderValues {
  return {
    customer: { id: order.customer.id, name: order.customer.name },
    status: order.status.code,
    placedAt: toDay(new Date(order.placedAt)),
    dueAt: order.dueAt === null ? "" : toDay(new Date(order.dueAt)),
    notes: order.notes,
    lines: order.lines.map(({ item, description, quantity, unitPrice }, index) => ({
      key: index + 1,
      item,
      description,
      quantity: plain(quantity),
      unitPrice,
    })),
  };
}

/**
 * What the contract's schema is given. `known` are the instants that were there before: a day that was not changed keeps its exact instant, so
 * that opening and saving an order changes nothing.
 */
export function readOrderValues(values: OrderValues, known: { placedAt: string; dueAt: string | null }): unknown {
  return {
    customer: values.customer?.id,
    status: values.status,
    placedAt: instantOf(values.placedAt, known.placedAt) ?? undefined,
    dueAt: values.dueAt === "" ? null : instantOf(values.dueAt, known.dueAt),
    notes: values.notes,
    lines: values.lines.map((line) => ({
      item: line.item?.id ?? null,
      description: line.description,
      quantity: tidyDecimal(line.quantity),
      unitPrice: tidyDecimal(line.unitPrice),
    })),
  };
}

function instantOf(day: string, known: string | null): string | null {
  return known !== null && toDay(new Date(known)) === day ? known : fromDay(day);
}

/** "3.000" as a person writes it: "3". */
function plain(quantity: string): string {
  return quantity.includes(".") ? quantity.replace(/\.?0+$/, "") : quantity;
}
