import { brokenConstraint } from "../platform/db-errors.ts";
import type { Db } from "../platform/db.ts";
import { FieldError } from "../platform/field-error.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import type { Attachment, Order, OrderInput, OrderStatus } from "./contract.ts";
import type { Totals } from "./rules/totals.ts";

export const HEAD = {
  id: true,
  number: true,
  customer: { select: { id: true, number: true, name: true } },
  status: { select: { code: true, label: true } },
  placedAt: true,
  dueAt: true,
  total: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.OrderSelect;

const ATTACHMENT = {
  id: true,
  sha256: true,
  fileName: true,
  createdAt: true,
  file: { select: { bytes: true, contentType: true } },
  createdBy: { select: { name: true } },
} satisfies Prisma.OrderAttachmentSelect;

const WHOLE = {
  ...HEAD,
  notes: true,
  lines: {
    orderBy: { position: "asc" },
    select: {
      id: true,
      position: true,
      item: { select: { id: true, sku: true } },
      description: true,
      quantity: true,
      unitPrice: true,
      lineTotal: true,
    },
  },
  attachments: { orderBy: { id: "asc" }, select: ATTACHMENT },
} satisfies Prisma.OrderSelect;

export async function findOrder(db: Db, id: string): Promise<Order | null> {
  const row = await db.order.findUnique({ where: { id: BigInt(id) }, select: WHOLE });
  return row === null ? null : toOrder(row);
}

export function findStatuses(db: Db): Promise<OrderStatus[]> {
  return db.orderStatus.findMany({
    select: { code: true, label: true, position: true },
    orderBy: [{ position: "asc" }, { code: "asc" }],
  });
}

/** The order with its lines, in the transaction of `db`. Throws `reference-missing` for a customer, status or item that is not there. */
export async function insertOrder(db: Db, input: OrderInput, totals: Totals): Promise<Order> {
  const lines = { createMany: { data: lineRows(input, totals) } };
  return toOrder(await knownReferences(db.order.create({ data: { ...headRow(input, totals), lines }, select: WHOLE })));
}

/** Head and lines as they are now; `null` when there is no such order. All in the transaction of `db`. */
export async function changeOrder(db: Db, order: { id: string; input: OrderInput }, totals: Totals): Promise<Order | null> {
  const id = BigInt(order.id);
  // Locks the row, so that two saves of the same order come one after the other, each with its own lines.
  const { count } = await knownReferences(db.order.updateMany({ where: { id }, data: headRow(order.input, totals) }));
  if (count === 0) return null;
  await db.orderLine.deleteMany({ where: { orderId: id } });
  const rows = lineRows(order.input, totals).map((row) => ({ ...row, orderId: id }));
  await knownReferences(db.orderLine.createMany({ data: rows }));
  return findOrder(db, order.id);
}

/** The attachment, in the transaction of `db`; `null` when there is no such order. */
export async function insertAttachment(
  db: Db,
  { order, createdById, ...file }: { order: string; sha256: string; fileName: string; createdById: bigint },
): Promise<Attachment | null> {
  try {
    const data = { ...file, orderId: BigInt(order), createdById };
    return toAttachment(await db.orderAttachment.create({ data, select: ATTACHMENT }));
  } catch (error) {
    if (brokenConstraint(error)?.name === "order_attachments_order_id_fkey") return null;
    throw error;
  }
}

/** What was taken away; `null` when the order has no such attachment. */
export async function deleteAttachment(db: Db, { order, id }: { order: string; id: string }): Promise<Attachment | null> {
  const where = { id: BigInt(id), orderId: BigInt(order) };
  const row = await db.orderAttachment.findFirst({ where, select: ATTACHMENT });
  if (row === null) return null;
  const { count } = await db.orderAttachment.deleteMany({ where });
  return count === 0 ? null : toAttachment(row);
}

export async function findAttachment(db: Db, id: string): Promise<Attachment | null> {
  const row = await db.orderAttachment.findUnique({ where: { id: BigInt(id) }, select: ATTACHMENT });
  return row === null ? null : toAttachment(row);
}

function headRow(input: OrderInput, totals: Totals) {
  return {
    customerId: BigInt(input.customer),
    statusCode: input.status,
    placedAt: new Date(input.placedAt),
    dueAt: input.dueAt === null ? null : new Date(input.dueAt),
    notes: input.notes,
    total: totals.total,
  };
}

function lineRows(input: OrderInput, totals: Totals) {
  return input.lines.map((line, index) => ({
    position: index + 1,
    itemId: line.item === null ? null : BigInt(line.item),
    description: line.description,
    quantity: line.quantity,
    unitPrice: line.unitPrice,
    lineTotal: totals.lines[index] ?? "0",
  }));
}

const REFERENCES: Record<string, { field: string; what: string }> = {
  orders_customer_id_fkey: { field: "customer", what: "customer" },
  orders_status_fkey: { field: "status", what: "status" },
  order_lines_item_id_fkey: { field: "lines", what: "item" },
};

async function knownReferences<T>(saved: Promise<T>): Promise<T> {
  try {
    return await saved;
  } catch (error) {
    const reference = REFERENCES[brokenConstraint(error)?.name ?? ""];
    if (reference === undefined) throw error;
    throw new FieldError(reference.field, { code: "reference-missing", details: { what: reference.what } }, { cause: error });
  }
}

type HeadRow = Prisma.OrderGetPayload<{ select: typeof HEAD }>;

/** What list and single order have in common. */
export function toHead({ id, number, customer, status, placedAt, dueAt, total, createdAt, updatedAt }: HeadRow) {
  return {
    id: String(id),
    number,
    customer: { ...customer, id: String(customer.id) },
    status,
    placedAt: placedAt.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
    total: total.toFixed(2),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function toOrder(row: Prisma.OrderGetPayload<{ select: typeof WHOLE }>): Order {
  return {
    ...toHead(row),
    notes: row.notes,
    attachments: row.attachments.map(toAttachment),
    lines: row.lines.map(({ id, item, quantity, unitPrice, lineTotal, ...line }) => ({
      ...line,
      id: String(id),
      item: item === null ? null : { id: String(item.id), sku: item.sku },
      quantity: quantity.toFixed(3),
      unitPrice: unitPrice.toFixed(2),
      lineTotal: lineTotal.toFixed(2),
    })),
  };
}

function toAttachment({
  id,
  file,
  createdAt,
  createdBy,
  ...rest
}: Prisma.OrderAttachmentGetPayload<{ select: typeof ATTACHMENT }>): Attachment {
  return { ...rest, ...file, id: String(id), createdAt: createdAt.toISOString(), createdBy: createdBy?.name ?? null };
}
