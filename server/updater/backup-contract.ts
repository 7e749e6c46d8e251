import { z } from "zod";
import { backupSettingsSchema, listedBackupSchema } from "../backups/contract.ts";
import { instantSchema, problemSchema, ulidSchema } from "../platform/contract.ts";
import { statusSchema } from "../updates/contract.ts";
import { idempotencyKeySchema } from "./contract.ts";

/** What crosses the updater's socket about backups. The same shapes serve the web's procedures, REST and the CLI. */

/** Why a backup stays when old ones are removed; `null` where that is not a question (it is no good one). */
export const reasonSchema = z.enum(["marked", "needed", "newest", "last", "daily", "weekly", "monthly", "minimum"]);

/** All that settings → Backups shows, newest first. */
export const backupsOverviewSchema = z.object({
  backups: z.array(
    listedBackupSchema.extend({
      /** Why it stays; `null` when it goes with the next backup, or is no good one. */
      stays: reasonSchema.nullable(),
      goesNext: z.boolean(),
      /** When its making, or what made it, can still be undone: it cannot be removed. */
      needed: z.boolean(),
    }),
  ),
  settings: backupSettingsSchema,
  /** When the schedule makes the next one; `null` when it is off. */
  nextAt: instantSchema.nullable(),
  /** The job that is under way, or the last one that ended. */
  job: statusSchema.nullable(),
  /** What is wrong with the backups as a whole. */
  concern: problemSchema.nullable(),
  /** For how many days what a restore replaces is kept, and the restore can be undone. */
  undoDays: z.number(),
  /** Free bytes on the disk of the backups, and what all of them take. */
  disk: z.object({ freeBytes: z.number(), backupsBytes: z.number() }),
});
export type BackupsOverview = z.infer<typeof backupsOverviewSchema>;

export const backupIdSchema = z.strictObject({ backup: ulidSchema });
export const backupNowInputSchema = z.strictObject({
  note: z.string().trim().max(500).default(""),
  idempotencyKey: idempotencyKeySchema,
});
export const backupJobInputSchema = backupIdSchema.extend({ idempotencyKey: idempotencyKeySchema });
export const keepBackupInputSchema = backupIdSchema.extend({ keep: z.boolean() });
export const backupSettingsInputSchema = backupSettingsSchema.pick({ schedule: true, retention: true }).strict();
export const retentionPreviewSchema = z.object({ go: z.array(ulidSchema) });
/** Restores by the plan that the person saw, or, for scripts, by one that is made now. */
export const restoreInputSchema = backupJobInputSchema.extend({
  plan: ulidSchema.exactOptional(),
  password: z.string().max(1000).exactOptional(),
});
export const ticketSchema = z.object({ ticket: z.string().regex(/^[\w-]{32}$/) });
/** What became of an archive that was taken in. `foreign`: it waits for the operator at the server to adopt it. */
export const receivedSchema = z.object({ id: ulidSchema, origin: z.enum(["ours", "foreign", "here-already"]) });
export type Received = z.infer<typeof receivedSchema>;
const maybeKey = { idempotencyKey: idempotencyKeySchema.exactOptional() };
export const webBackupNowInputSchema = backupNowInputSchema.extend(maybeKey);
export const webBackupJobInputSchema = backupJobInputSchema.extend(maybeKey);
export const webRestoreInputSchema = restoreInputSchema.extend(maybeKey);
