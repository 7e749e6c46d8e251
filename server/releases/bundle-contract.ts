import { z } from "zod";
import { instantSchema, problemSchema, versionSchema } from "../platform/contract.ts";

/** What crosses borders about bundles: releases that were brought here by hand. */

/** The name of a file in the folder of bundles, as somebody gave it: shown escaped. */
export const bundleNameSchema = z
  .string()
  .max(255)
  .regex(/^[^./\0][^/\0]*\.tar$/);

export const bundleItemSchema = z.object({
  name: bundleNameSchema,
  bytes: z.int().min(0),
  /** When it was laid there, or changed last. */
  laidAt: instantSchema,
  /** `null` as long as nothing in it can be trusted. */
  version: versionSchema.nullable(),
  /** `passed`: it is not newer than what is installed, and of no use any more. */
  state: z.enum(["available", "passed", "refused"]),
  /** Why it is refused. */
  problem: problemSchema.nullable(),
});
export type BundleItem = z.infer<typeof bundleItemSchema>;

/** All bundles that are here, and in which folder of the server they lie. */
export const bundlesSchema = z.object({ folder: z.string(), bundles: z.array(bundleItemSchema) });
export type Bundles = z.infer<typeof bundlesSchema>;

/** What became of a file that was uploaded. */
export const receivedBundleSchema = z.object({ bundle: bundleItemSchema, origin: z.enum(["new", "here-already"]) });
export type ReceivedBundle = z.infer<typeof receivedBundleSchema>;

export const bundleInputSchema = z.strictObject({ name: bundleNameSchema });
