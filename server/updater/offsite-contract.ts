import { z } from "zod";
import {
  offsiteCopySchema,
  offsiteSettingsSchema,
  recipientSchema,
  storageSchema,
  storageSecretSchema,
  storageTestSchema,
} from "../offsite/contract.ts";
import { idempotencyKeySchema } from "./contract.ts";

/** What crosses the updater's socket about copies elsewhere. The secret goes in and never comes out. */

export const offsiteViewSchema = z.object({ settings: offsiteSettingsSchema.nullable() });
export const offsiteCopiesSchema = z.object({ copies: z.array(offsiteCopySchema) });
export const testOffsiteInputSchema = z.strictObject({ storage: storageSchema, secret: storageSecretSchema.exactOptional() });
const password = z.string().max(1000).exactOptional();
export const setOffsiteInputSchema = testOffsiteInputSchema.extend({ recipient: recipientSchema, password });
export const removeOffsiteInputSchema = z.strictObject({ password });
export const copyOutInputSchema = z.strictObject({ idempotencyKey: idempotencyKeySchema });
export const webCopyOutInputSchema = z.strictObject({ idempotencyKey: idempotencyKeySchema.exactOptional() });
export const offsiteTestSchema = storageTestSchema;
