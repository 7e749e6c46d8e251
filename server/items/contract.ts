import { z } from "zod";
import { sha256Schema } from "../files/contract.ts";
import { instantSchema } from "../platform/contract.ts";
import {
  amountSchema,
  costSchema,
  directionSchema,
  idSchema,
  lineTextSchema,
  noteTextSchema,
  pageInput,
  pageOf,
  priceSchema,
} from "../trpc/contract.ts";

/** Words. *Item*: what is stocked or sold: filament, a printed part, hardware. *SKU*: its own number, chosen by the farm, unique. */

export const itemSchema = z.object({
  id: idSchema,
  sku: z.string(),
  name: z.string(),
  description: z.string(),
  /** "PLA", "PETG", …; empty where it does not apply. */
  material: z.string(),
  /** What one of it is: "piece", "kg", "m". */
  unit: z.string(),
  /** Decimal text, two places. */
  sellingPrice: z.string(),
  /** Decimal text, four places. */
  standardCost: z.string(),
  /** Decimal text, three places. */
  onHand: z.string(),
  reorderPoint: z.string(),
  /** Whether it is at its reorder point or below. */
  low: z.boolean(),
  active: z.boolean(),
  /** The stored file that shows it; `null` without one. */
  imageSha256: sha256Schema.nullable(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Item = z.infer<typeof itemSchema>;

/** What a person enters. A form sends all of it. */
export const itemInputSchema = z.strictObject({
  sku: z
    .string()
    .trim()
    .min(1, "Please enter an SKU.")
    .max(64)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._/-]*$/u, "letters, digits and . _ / - only"),
  name: lineTextSchema.min(1, "Please enter a name."),
  description: noteTextSchema.default(""),
  material: lineTextSchema.max(50).default(""),
  unit: lineTextSchema.min(1).max(20).default("piece"),
  sellingPrice: priceSchema,
  standardCost: costSchema.default("0"),
  onHand: amountSchema.default("0"),
  reorderPoint: amountSchema.default("0"),
  active: z.boolean().default(true),
  /** Of a picture that was uploaded before; `null` takes it away, and without this entry it stays as it is. */
  imageSha256: sha256Schema.nullable().exactOptional(),
});
export type ItemInput = z.infer<typeof itemInputSchema>;

export const updateItemInputSchema = itemInputSchema.extend({ id: idSchema });

const itemSortSchema = z.enum(["sku", "name", "sellingPrice", "onHand", "createdAt"]);

/** Search looks into SKU, name and material. */
export const listItemsInputSchema = z.strictObject({
  ...pageInput,
  sort: itemSortSchema.default("sku"),
  direction: directionSchema.default("asc"),
  /** `active` leaves out what is no longer sold; `low` leaves of that only what is at its reorder point or below. */
  show: z.enum(["all", "active", "low"]).default("all"),
});
export type ListItemsInput = z.infer<typeof listItemsInputSchema>;

export const itemPageSchema = pageOf(itemSchema);
export type ItemPage = z.infer<typeof itemPageSchema>;
