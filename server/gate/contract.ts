import { z } from "zod";
import { slotNameSchema } from "../deployment/contract.ts";
import { instantSchema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Hold*: requests wait in the gate, unanswered, until they can be served. *Drain*: wait until running requests have ended; event
 * streams do not count. *Read*: GET, HEAD, OPTIONS, and what design 3 counts as such; *write*: the rest.
 */

export const gateTargetSchema = z.object({
  slot: slotNameSchema,
  version: versionSchema,
  host: z.string(),
  port: z.int().min(1).max(65535),
});
export type GateTarget = z.infer<typeof gateTargetSchema>;

/**
 * - `proxy`: reads and writes go to the target.
 * - `readOnly`: reads go to the target, writes are refused (503, `Retry-After`).
 * - `hold`: reads wait (30 s at most, then the page), writes are refused.
 * - `observe`: as `readOnly`, and a read that the target cannot answer (no connection, a reset, 5xx, too slow) is held and asked again of
 *   the target that the next state names.
 * - `maintenance`: the page for all.
 */
export const gateModeSchema = z.enum(["proxy", "readOnly", "hold", "observe", "maintenance"]);
export type GateMode = z.infer<typeof gateModeSchema>;

/** `gate/gate.json`: what the gate shall do; written durably before it is done, so that a restarted gate goes on. */
export const gateStateSchema = z.object({
  v: z.literal(1),
  mode: gateModeSchema,
  target: gateTargetSchema.nullable(),
  /** The run that wants it so; `null` outside of runs. */
  run: ulidSchema.nullable(),
  since: instantSchema,
});
export type GateState = z.infer<typeof gateStateSchema>;

/** `PUT /state` on the gate's socket takes this and answers with the report. */
export const setGateSchema = z.object({ mode: gateModeSchema, target: gateTargetSchema.nullable(), run: ulidSchema.nullable() });
export type SetGate = z.infer<typeof setGateSchema>;

/** `GET /state` on the gate's socket. */
export const gateReportSchema = z.object({
  state: gateStateSchema,
  inFlight: z.object({ reads: z.int(), writes: z.int(), streams: z.int() }),
  held: z.int(),
  /** Since the state was set: reads that the target could not answer, the longest hold in milliseconds. */
  unanswered: z.int(),
  longestHoldMs: z.number(),
  /** The sha256 of the program that it is, by which one sees whether another release's is another one; gates before 1.1 do not say it. */
  program: z.string().exactOptional(),
  /**
   * When a write was last with the app, finished or not; until there is one, when this gate began, since what came before it is not known. Gates that do
   * not say it may have passed one on a moment ago.
   */
  lastWriteAt: instantSchema.exactOptional(),
});
export type GateReport = z.infer<typeof gateReportSchema>;

/** `POST /drain`: answers when nothing of the kind is in flight or the time is over. `all` means reads and writes; streams get a `retry` hint and are closed. */
export const drainRequestSchema = z.object({ what: z.enum(["writes", "all"]), timeoutMs: z.int().min(0).max(60_000) });
export type DrainRequest = z.infer<typeof drainRequestSchema>;
export const drainAnswerSchema = z.object({ drained: z.boolean(), remaining: z.int() });
export type DrainAnswer = z.infer<typeof drainAnswerSchema>;

/** The JSON body of a refused write; also `Retry-After` (seconds) and the header `x-filaops-refused: paused`. */
export const refusalSchema = z.object({
  error: z.object({
    code: z.enum(["paused", "unavailable", "unknown-result"]),
    message: z.string(),
    run: ulidSchema.nullable(),
    retryAfterSeconds: z.number(),
  }),
});
export type Refusal = z.infer<typeof refusalSchema>;
