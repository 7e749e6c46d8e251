import { isTRPCClientError } from "@trpc/client";
import { z } from "zod";
import { problemSchema } from "../../server/platform/contract.ts";
import type { Problem } from "../../server/platform/contract.ts";
import type { AppRouter } from "../../server/trpc/root.ts";
import { asSentence } from "./issue-words.ts";

const errorDataSchema = z.object({
  problem: problemSchema.nullish(),
  fields: z.record(z.string(), z.string()).nullish(),
});

/** A request that is no procedure's, refused in the server's words. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.happened);
    this.problem = problem;
  }
}

/** Anything that a procedure may throw, in words for the reader: what the server said, else the best that can be said from here. */
export function problemOf(error: unknown): Problem {
  if (isTRPCClientError<AppRouter>(error)) {
    const said = errorDataSchema.safeParse(error.data).data?.problem;
    if (said !== undefined && said !== null) return said;
  }
  if (error instanceof RefusedRequest) return error.problem;
  // Our own `fetch` explains in its message why it gave up.
  const gaveUp = isTRPCClientError(error) ? error.cause : error;
  if (gaveUp instanceof Error && gaveUp.name === "SaveNotAnswered") {
    return { code: "not-answered", happened: "This is not saved yet.", meaning: gaveUp.message, todo: "" };
  }
  return {
    code: "no-answer",
    happened: "FilaOps did not answer.",
    meaning: "Nothing that was saved before is affected.",
    todo: "Look whether you are still connected, then try again.",
  };
}

/** What the server said about single fields, by their path ("lines.0.quantity"). */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  if (!isTRPCClientError<AppRouter>(error)) return {};
  const fields = errorDataSchema.safeParse(error.data).data?.fields ?? {};
  return Object.fromEntries(Object.entries(fields).map(([path, message]) => [path, asSentence(message)]));
}
