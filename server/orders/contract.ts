import { z } from "zod";
import { fileNameSchema, sha256Schema } from "../files/contract.ts";
import { instantSchema } from "../platform/contract.ts";
import {
  amountSchema,
  directionSchema,
  idSchema,
  lineTextSchema,
  noteTextSchema,
  pageInput,
  pageOf,
  priceSchema,
} from "../trpc/contract.ts";

/**
 * Words. *Order*: what a customer wants, with its lines. *Line*: so many of something at a price; it may name an item, and keeps its own
 * description and price. *Attachment*: a file that goes with the order. *Total*: the sum of the lines' totals, computed by us in decimal. *Status*: a row of `order_statuses`.
 */

const orderStatusSchema = z.object({ code: z.string(), label: z.string(), position: z.int() });
export type OrderStatus = z.infer<typeof orderStatusSchema>;

const orderLineSchema = z.object({
  id: idSchema,
  position: z.int(),
  item: z.object({ id: idSchema, sku: z.string() }).nullable(),
  description: z.string(),
  /** Decimal text, three places. */
  quantity: z.string(),
  /** Decimal text, two places; so is the line's total. */
  unitPrice: z.string(),
  lineTotal: z.string(),
});
export type OrderLine = z.infer<typeof orderLineSchema>;

export const attachmentSchema = z.object({
  id: idSchema,
  sha256: sha256Schema,
  fileName: z.string(),
  bytes: z.int(),
  /** By its content, not by its name. */
  contentType: z.string(),
  createdAt: instantSchema,
  /** The name of who added it; `null` when nobody knows any more. */
  createdBy: z.string().nullable(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

const head = {
  id: idSchema,
  /** What people call it: `O-00042`, given by us and never changed. */
  number: z.string(),
  customer: z.object({ id: idSchema, number: z.string(), name: z.string() }),
  status: orderStatusSchema.pick({ code: true, label: true }),
  placedAt: instantSchema,
  dueAt: instantSchema.nullable(),
  /** Decimal text, two places. */
  total: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
};

export const orderSchema = z.object({
  ...head,
  notes: z.string(),
  lines: z.array(orderLineSchema),
  attachments: z.array(attachmentSchema),
});
export type Order = z.infer<typeof orderSchema>;

/** An order as it is listed. */
const orderRowSchema = z.object({ ...head, lineCount: z.int() });
export type OrderRow = z.infer<typeof orderRowSchema>;

const orderLineInputSchema = z.strictObject({
  item: idSchema.nullable().default(null),
  description: lineTextSchema.min(1, "Please say what it is."),
  quantity: amountSchema.refine((text) => /[1-9]/.test(text), "Please enter more than zero."),
  unitPrice: priceSchema,
});
export type OrderLineInput = z.infer<typeof orderLineInputSchema>;

/** What a person enters: the whole order with its lines, in their order. Totals are ours. */
export const orderInputSchema = z.strictObject({
  customer: idSchema,
  /** A code of `orders.statuses`. */
  status: z.string().min(1).max(50),
  placedAt: instantSchema,
  dueAt: instantSchema.nullable().default(null),
  notes: noteTextSchema.default(""),
  lines: z.array(orderLineInputSchema).min(1, "Please add a line.").max(200),
});
export type OrderInput = z.infer<typeof orderInputSchema>;

export const updateOrderInputSchema = orderInputSchema.extend({ id: idSchema });

/** A file that was uploaded before goes with an order. */
export const addAttachmentInputSchema = z.strictObject({ id: idSchema, sha256: sha256Schema, fileName: fileNameSchema });
export type AddAttachmentInput = z.infer<typeof addAttachmentInputSchema>;

export const removeAttachmentInputSchema = z.strictObject({ id: idSchema, attachment: idSchema });
export type RemoveAttachmentInput = z.infer<typeof removeAttachmentInputSchema>;

const orderSortSchema = z.enum(["number", "placedAt", "dueAt", "total", "customer"]);

/** Search looks into the order's number and the customer's name and number. */
export const listOrdersInputSchema = z.strictObject({
  ...pageInput,
  sort: orderSortSchema.default("placedAt"),
  direction: directionSchema.default("desc"),
  /** A status' code, or the empty string for all. */
  status: z.string().max(50).default(""),
  /** A customer's id, or the empty string for all. */
  customer: z.union([z.literal(""), idSchema]).default(""),
});
export type ListOrdersInput = z.infer<typeof listOrdersInputSchema>;

export const orderPageSchema = pageOf(orderRowSchema);
export type OrderPage = z.infer<typeof orderPageSchema>;
export const orderStatusesSchema = z.array(orderStatusSchema);
