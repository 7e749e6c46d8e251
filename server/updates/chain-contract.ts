import { z } from "zod";
import { actorSchema, problemSchema, ulidSchema, versionSchema } from "../platform/contract.ts";

/** A path over required stops: every version on it is a run of its own, and this one is the run of `path[index]`. */
export const chainSchema = z.object({ id: ulidSchema, path: z.array(versionSchema).min(2), index: z.int().min(0) });
export type Chain = z.infer<typeof chainSchema>;

/**
 * How a path over required stops stands. `next`: the run of a step is complete, and that of the next one begins by itself. `ended`: it does not, and never will
 * by itself: somebody ended it, or something was in the way.
 */
export const chainStatusSchema = chainSchema.extend({
  /** The newest run of it. */
  run: ulidSchema,
  state: z.enum(["under-way", "next", "ended", "complete"]),
  /** Who ended it between two steps, if somebody did. */
  endedBy: actorSchema.nullable(),
  /** Why the next step was not begun. What went wrong in a step itself stands in that run's own status. */
  problem: problemSchema.nullable(),
});
export type ChainStatus = z.infer<typeof chainStatusSchema>;
