import { z } from "zod";

/** What a load process is told, by its environment variable `FILAOPS_LOAD`. */
export const loadOrderSchema = z.object({ base: z.string(), cookies: z.string(), name: z.string() });

/** One answer: when it was asked for and how long it took, in milliseconds, and what became of it. */
export const answerSchema = z.object({
  at: z.number(),
  ms: z.number(),
  kind: z.enum(["ok", "refused", "failed"]),
  /** For a save that was acknowledged: what was saved, to look for it afterwards. */
  saved: z.string().exactOptional(),
  /** For one that failed: what came instead. */
  what: z.string().exactOptional(),
});
export type LoadAnswer = z.infer<typeof answerSchema>;
