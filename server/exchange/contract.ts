import { z } from "zod";
import { sha256Schema } from "../files/contract.ts";
import { instantSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Exchange file*: a zip with a manifest and one file for each entity, CSV or JSON Lines (docs/export-format.md). *Entity*: what one file is about.
 * *Natural key*: what people call a row by: customer number, SKU, order number; ids never leave the database. *Format version*: of the columns below; a
 * reader takes its own and older ones.
 */

export const FORMAT_VERSION = 1;

export const entitySchema = z.enum(["customers", "items", "orders", "order_lines", "attachments", "users", "settings"]);
export type Entity = z.infer<typeof entitySchema>;

export const fileFormatSchema = z.enum(["csv", "jsonl"]);
export type FileFormat = z.infer<typeof fileFormatSchema>;

/** `manifest.json` of an exchange file. */
export const exchangeManifestSchema = z.object({
  product: z.literal("filaops"),
  formatVersion: z.int().min(1),
  appVersion: versionSchema,
  exportedAt: instantSchema,
  format: fileFormatSchema,
  files: z.array(
    z.object({
      /** `customers.csv`; of attachments and pictures, whose content is in `files/<sha256>`, there is no entry of their own. */
      name: z.string().regex(/^[a-z_]{1,40}\.(csv|jsonl)$/),
      entity: entitySchema,
      rows: z.int().min(0),
      bytes: z.int().min(0),
      sha256: sha256Schema,
    }),
  ),
  /** Whether the content of pictures and attachments is inside, as `files/<sha256>`. */
  withFiles: z.boolean(),
  /** Sums over all rows, decimal text: `orders.total`, `order_lines.line_total`, `items.on_hand`. */
  totals: z.record(z.string(), z.string().regex(/^-?\d+(\.\d+)?$/)),
});
export type ExchangeManifest = z.infer<typeof exchangeManifestSchema>;
