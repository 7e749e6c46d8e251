import { z } from "zod";
import type { Problem } from "../../server/platform/contract.ts";
import { problemSchema } from "../../server/platform/contract.ts";
import { RefusedRequest } from "./problem.ts";

const refusalSchema = z.object({ problem: problemSchema });

/** What to throw for an answer that is not what was asked for: the problem that it names, or `otherwise` where it names none. */
export function refusedWith(answer: unknown, otherwise: Problem): RefusedRequest {
  return new RefusedRequest(refusalSchema.safeParse(answer).data?.problem ?? otherwise);
}
