import { z } from "zod";
import { actorSchema, instantSchema } from "../platform/contract.ts";

/** Words. *Audit log*: who did what that needs a right, and what came of it; outside of the database, which a restore replaces. */

/** One line of `audit.ndjson`, v1. Names of actions are promises, as those of the journal are. */
export const auditEntrySchema = z.object({
  v: z.literal(1),
  at: instantSchema,
  actor: actorSchema,
  /** `updater.start`, `updater.undo`, … */
  action: z.string(),
  result: z.enum(["done", "failed", "refused"]),
  /** Ids and codes; never a secret, never somebody's text. */
  detail: z.record(z.string(), z.string()),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
