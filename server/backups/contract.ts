import { z } from "zod";
import { booksSchema } from "../databases/contract.ts";
import { instantSchema, sha256Schema, ulidSchema, versionSchema } from "../platform/contract.ts";

/** Words. *Backup*: a folder with a dump, a manifest and checksums; the folder is the truth, the table `system_backups` an index of it. */

export const backupKindSchema = z.enum(["manual", "pre_update", "scheduled", "safety"]);
export type BackupKind = z.infer<typeof backupKindSchema>;

/** `manifest.json` of a backup, v1. Written last, so that a folder without one is not a backup. */
export const backupManifestSchema = z.object({
  v: z.literal(1),
  id: ulidSchema,
  kind: backupKindSchema,
  createdAt: instantSchema,
  /** The run it was made for, if any. */
  run: ulidSchema.nullable(),
  version: versionSchema,
  schemaHead: z.string(),
  postgresVersion: z.string(),
  pgDumpVersion: z.string(),
  bytes: z.int().min(0),
  /** Milliseconds that the dump took, for estimates. */
  durationMs: z.int().min(0),
  databaseBytes: z.int().min(0),
  /** Relative path → SHA-256 of every file but the manifest. */
  files: z.record(z.string(), sha256Schema),
  books: booksSchema,
  note: z.string().max(500),
  /** HMAC-SHA-256 with the instance key over the manifest without this field, hex. */
  hmac: sha256Schema,
});
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** A backup as it is listed. */
export const backupSchema = backupManifestSchema.pick({
  id: true,
  kind: true,
  createdAt: true,
  run: true,
  version: true,
  schemaHead: true,
  bytes: true,
  note: true,
});
export type Backup = z.infer<typeof backupSchema>;
