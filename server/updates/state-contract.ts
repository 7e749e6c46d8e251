import { z } from "zod";
import { oidSchema } from "../databases/contract.ts";
import { slotNameSchema } from "../deployment/contract.ts";
import { instantSchema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * `state.json`, v1: what was installed first, and what must outlive every database. What runs now is this base plus the journals of
 * committed runs (`rules/installation.ts`); the base itself is never rewritten by an update.
 */
export const stateSchema = z.object({
  v: z.literal(1),
  instanceId: ulidSchema,
  /** Raised to end all sessions, e.g. by a restore; outside of the database, so that a restore cannot lower it. */
  sessionEpoch: z.int().min(0),
  installedAt: instantSchema,
  installed: z.object({ version: versionSchema, schemaHead: z.string(), slot: slotNameSchema, oid: oidSchema }),
  /** The highest version that was ever committed: nothing below it is installed as an update. */
  highestCommitted: versionSchema,
});
export type State = z.infer<typeof stateSchema>;
