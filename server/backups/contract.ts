import { z } from "zod";
import { booksSchema } from "../databases/contract.ts";
import { instantSchema, problemSchema, sha256Schema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Backup*: a folder with a dump, a manifest and checksums; the folder is the truth, the table `system_backups` an index of it. *Label*: what
 * was found out and decided about a backup since it was made. *Drill*: a backup restored on trial, compared and thrown away: the proof.
 */

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
  /** Uploaded files that the database refers to and that were gone or damaged when this was made. */
  lacking: z.array(sha256Schema),
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
  lacking: true,
});
export type Backup = z.infer<typeof backupSchema>;

/** `backups/<id>.label.json`, v1, beside the backup's folder, which itself never changes once it is made. */
export const backupLabelSchema = z.object({
  v: z.literal(1),
  /** Never removed by itself. */
  keep: z.boolean().default(false),
  /** When all of it was last read and every checksum held. */
  verifiedAt: instantSchema.nullable().default(null),
  /** When it was last restored on trial and its books agreed, and how many seconds that took. */
  drilled: z
    .object({ at: instantSchema, seconds: z.number().min(0) })
    .nullable()
    .default(null),
  /**
   * The SHA-256 of the manifest of one that another installation made, as it was when the operator at the server said that it can be used. It stays foreign
   * for all that: what is in it is not trusted when it is restored.
   */
  adopted: sha256Schema.nullable().default(null),
  /** When it was last known to lie elsewhere, and where. */
  copied: z.object({ at: instantSchema, where: z.string() }).nullable().default(null),
  /** Found damaged by reading it through; forgotten when it is found good again. */
  damage: problemSchema.nullable().default(null),
});
export type BackupLabel = z.infer<typeof backupLabelSchema>;

/** `whole`: all is there as it should be by name and size, and was not read through yet. `missing`: it was made, and its folder is gone. */
export const backupStateSchema = z.enum(["verified", "whole", "damaged", "foreign", "missing"]);

/** A backup as settings → Backups and the CLI list it. */
export const listedBackupSchema = z.object({
  id: ulidSchema,
  state: backupStateSchema,
  /** What its manifest says; `null` when that cannot be read. */
  backup: backupSchema.nullable(),
  keep: z.boolean(),
  verifiedAt: instantSchema.nullable(),
  drilled: backupLabelSchema.shape.drilled,
  copied: backupLabelSchema.shape.copied,
  /** Why it is not good. */
  problem: problemSchema.nullable(),
});
export type ListedBackup = z.infer<typeof listedBackupSchema>;

/** A time of day, as people write it: `02:30`. */
export const timeOfDaySchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time like 02:30");

export const timeZoneSchema = z.string().max(60).refine(isTimeZone, "expected a time zone like Europe/Berlin");

/** `backup-settings.json`, v1: when backups are made by themselves, and which stay. */
export const backupSettingsSchema = z.object({
  v: z.literal(1),
  /** When these were set; a time of day that had passed by then is not made up for. */
  since: instantSchema,
  schedule: z.object({
    enabled: z.boolean(),
    at: timeOfDaySchema,
    timeZone: timeZoneSchema,
    /** Whether the newest backup is restored on trial every week. */
    weeklyDrill: z.boolean(),
  }),
  retention: z.object({
    /** The newest so many. */
    last: z.int().min(1).max(1000),
    /** The newest of each of so many days, weeks (from Monday) and months that have any. */
    daily: z.int().min(0).max(1000),
    weekly: z.int().min(0).max(1000),
    monthly: z.int().min(0).max(1000),
    /** However few the rules above would leave. */
    minimum: z.int().min(1).max(1000),
  }),
});
export type BackupSettings = z.infer<typeof backupSettingsSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
