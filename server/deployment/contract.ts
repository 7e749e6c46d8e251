import { z } from "zod";
import { versionSchema } from "../platform/contract.ts";

/**
 * Words. *Slot*: a place for an app instance: `blue` and `green` take turns in serving people, `trial` is where a release is tried on green's database
 * before anybody sees it. *Instance*: a running (or stopped) release in a slot, bound to a database name.
 */

export const slotNameSchema = z.enum(["blue", "green", "trial"]);
export type SlotName = z.infer<typeof slotNameSchema>;

/** What runs in a slot. `pid` and `startTime` mark a native process; other drivers leave them 0 and "". */
export const instanceSchema = z.object({
  slot: slotNameSchema,
  version: versionSchema,
  /** The name of the database that it connects to. */
  database: z.string(),
  host: z.string(),
  port: z.int(),
  pid: z.int(),
  startTime: z.string(),
  parked: z.boolean(),
});
export type Instance = z.infer<typeof instanceSchema>;

/** `run/slots.json` */
export const slotsFileSchema = z.object({ v: z.literal(1), slots: z.partialRecord(slotNameSchema, instanceSchema) });

/** What `/api/health` of an app instance answers (200 when ready, 503 otherwise). */
export const healthAnswerSchema = z.object({
  status: z.enum(["ready", "not-ready"]),
  version: versionSchema,
  /** The migration that this build wants, and the one that its database has (`null`: not reached). */
  schemaHead: z.object({ build: z.string(), database: z.string().nullable() }),
  reason: z.enum(["database-unreachable", "schema-mismatch"]).nullable(),
});
export type HealthAnswer = z.infer<typeof healthAnswerSchema>;

/** The driver's view of an instance: answered wrongly is not the same as did not answer. */
export const healthSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), answer: healthAnswerSchema }),
  z.object({ kind: z.literal("not-ready"), answer: healthAnswerSchema.nullable(), reason: z.string() }),
  z.object({ kind: z.literal("silent"), reason: z.string() }),
  z.object({ kind: z.literal("stopped") }),
]);
export type Health = z.infer<typeof healthSchema>;
