import { z } from "zod";
import { fileFormatSchema } from "../exchange/contract.ts";
import { instantSchema, problemSchema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Export*: the farm's data of one moment as an exchange file (`server/exchange/contract.ts`), made in the background and kept for a week in a folder of
 * its own (`exports/<ulid>/`), to be downloaded as often as wanted.
 */

/** How long an export can be downloaded, in days. */
export const EXPORT_DAYS = 7;

export const exportOptionsSchema = z.object({
  format: fileFormatSchema.default("csv"),
  /** CSV only: a byte order mark before the header, by which Excel knows that it is UTF-8. */
  forExcel: z.boolean().default(false),
  /** Also pictures and attachments, with their content. */
  withFiles: z.boolean().default(false),
  /** Also users, without their passwords, and settings. For owners only: nobody else sees who the users are. */
  withAccounts: z.boolean().default(false),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** `interrupted`: whoever made it is gone, by an update or a restart; nothing of it can be downloaded. */
export const exportStateSchema = z.enum(["running", "complete", "failed", "interrupted"]);

/** An export as it is listed. */
export const exportSchema = z.object({
  id: ulidSchema,
  state: exportStateSchema,
  options: exportOptionsSchema,
  startedAt: instantSchema,
  /** The name of who started it. */
  startedBy: z.string(),
  /** Rows that are written, and of how many. Zero of zero: not counted yet. */
  rows: z.object({ done: z.int().min(0), total: z.int().min(0) }),
  /** How large the file is; `null` before it is complete. */
  bytes: z.int().min(0).nullable(),
  /** Pictures and attachments whose content is not on the server any more, and so is not inside. */
  lacking: z.int().min(0),
  /** When it goes. */
  expiresAt: instantSchema,
  /** Why it failed or was interrupted. */
  problem: problemSchema.nullable(),
});
export type Export = z.infer<typeof exportSchema>;

export const exportsSchema = z.object({ exports: z.array(exportSchema) });
export type ExportList = z.infer<typeof exportsSchema>;
export const exportIdSchema = z.object({ id: ulidSchema });

/** `exports/<ulid>/state.json`, v1. */
export const exportFileSchema = exportSchema.omit({ expiresAt: true }).extend({
  v: z.literal(1),
  appVersion: versionSchema,
  /** Whoever makes it, as no other process ever calls itself; and when that was last seen at work. */
  process: z.string(),
  seenAt: instantSchema,
  /** Of the click: the same one again is the same export. */
  key: z.string().nullable(),
});
export type ExportFile = z.infer<typeof exportFileSchema>;

/** Where the file of a complete one is downloaded. */
export const exportPath = (id: string) => `/api/exports/${id}`;
