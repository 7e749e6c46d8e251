import { z } from "zod";
import { instantSchema, problemSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Slot*: a place for an app instance: `blue` and `green` take turns in serving people, `trial` is where a release is tried on green's database
 * before anybody sees it. *Instance*: a running (or stopped) release in a slot, bound to a database name. *Handover*: gate and updater are replaced by
 * those of a newer release. *Misfit*: something about the installation that is not of the one layout that a driver supports.
 */

export const slotNameSchema = z.enum(["blue", "green", "trial"]);
export type SlotName = z.infer<typeof slotNameSchema>;

/**
 * What runs in a slot. `pid`, `startTime` and `restarts` tell one start of it from another: of a process by the kernel, of a container by the engine, which
 * counts how often it started it again by itself.
 */
export const instanceSchema = z.object({
  slot: slotNameSchema,
  version: versionSchema,
  /** The name of the database that it connects to. */
  database: z.string(),
  host: z.string(),
  port: z.int(),
  pid: z.int(),
  startTime: z.string(),
  restarts: z.int().default(0),
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

/**
 * `run/handover.json`: the last handover. The updater writes that it is wanted; who does it, outside of the updater, writes how it ended. One that failed
 * has left gate and updater as they were.
 */
export const handoverSchema = z.object({
  v: z.literal(1),
  version: versionSchema,
  state: z.enum(["wanted", "done", "failed"]),
  /** When it was wanted last, or ended. */
  at: instantSchema,
  /** How often it was begun. */
  tries: z.int(),
  problem: problemSchema.nullable(),
});
export type Handover = z.infer<typeof handoverSchema>;

/** How often a handover is begun: what failed this often with whoever does it is not tried again by itself. */
export const MOST_HANDOVERS = 3;

/** What does not fit, what that means, and what to type or to write. Expected, and therefore a value; nothing is mended by guessing. */
export type Misfit = {
  what: string;
  meaning: string;
  todo: string;
  /** The update service puts it right by itself, when it starts and after each run: it stands in nobody's way. */
  byItself?: true;
};
