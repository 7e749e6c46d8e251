import { z } from "zod";
import { instantSchema } from "../platform/contract.ts";
import { directionSchema, idSchema, lineTextSchema, noteTextSchema, pageInput, pageOf } from "../trpc/contract.ts";

/** Words. *Customer*: who orders. *Number*: what people call a customer (`C-00042`), given by us and never changed. */

export const customerSchema = z.object({
  id: idSchema,
  number: z.string(),
  name: z.string(),
  /** The empty string where nothing was entered; so are phone, address and notes. */
  email: z.string(),
  phone: z.string(),
  address: z.string(),
  notes: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Customer = z.infer<typeof customerSchema>;

/** What a person enters. A form sends all of it. */
export const customerInputSchema = z.strictObject({
  name: lineTextSchema.min(1, "Please enter a name."),
  email: z.union([z.literal(""), z.email("Please enter an e-mail address, or none.").max(254)]).default(""),
  phone: lineTextSchema.max(50).default(""),
  address: noteTextSchema.max(1000).default(""),
  notes: noteTextSchema.default(""),
});
export type CustomerInput = z.infer<typeof customerInputSchema>;

export const updateCustomerInputSchema = customerInputSchema.extend({ id: idSchema });

const customerSortSchema = z.enum(["number", "name", "createdAt"]);

/** Search looks into number, name, e-mail and phone. */
export const listCustomersInputSchema = z.strictObject({
  ...pageInput,
  sort: customerSortSchema.default("name"),
  direction: directionSchema.default("asc"),
});
export type ListCustomersInput = z.infer<typeof listCustomersInputSchema>;

export const customerPageSchema = pageOf(customerSchema);
export type CustomerPage = z.infer<typeof customerPageSchema>;
