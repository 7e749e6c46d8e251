import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "../platform/errors.ts";
import type { Caller } from "./contract.ts";
import { callerSchema } from "./contract.ts";

/** The user on whose behalf the web calls. */
export const USER_HEADER = "x-filaops-user";

export type Tokens = { web: string; operator: string };

/**
 * Who calls, by the token of the call: the web's may only act for a user whom it names, the operator's for nobody but the operator. Throws
 * `caller-unknown` for everything else, without saying what was wrong.
 */
export function authenticate(headers: IncomingHttpHeaders, tokens: Tokens): Caller {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/.exec(headers.authorization ?? "")?.[1] ?? "";
  const userId = headers[USER_HEADER];
  // Both are compared, always, so that the time tells nothing about either.
  const isWeb = sameSecret(token, tokens.web);
  const isOperator = sameSecret(token, tokens.operator);
  const claimed = isOperator && userId === undefined ? { kind: "operator" } : isWeb ? { kind: "user", userId } : null;
  const caller = callerSchema.safeParse(claimed);
  if (caller.success) return caller.data;
  throw new AppError("caller-unknown", {});
}

/** Compares digests: equal lengths for any input, and no early end. An empty secret equals nothing. */
function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret)) && secret !== "";
}
