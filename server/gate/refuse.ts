import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "./body.ts";
import type { Refusal } from "./contract.ts";

const RETRY_SECONDS = 2;

const WORDS: Record<Refusal["error"]["code"], string> = {
  paused: "FilaOps is being updated. Nothing was saved; saving works again in a moment.",
  unavailable: "FilaOps does not answer at the moment. Nothing was saved or changed.",
  "unknown-result":
    "FilaOps stopped answering before it said whether this was saved. Sending it again with the same idempotency key is safe: it is saved once.",
};

/** Tells in JSON why a request was not served: 503 when it was certainly not done, 502 when nobody knows. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { code, run }: { code: Refusal["error"]["code"]; run: string | null },
): void {
  const refusal: Refusal = { error: { code, message: WORDS[code], run, retryAfterSeconds: RETRY_SECONDS } };
  answer(request, response, {
    status: code === "unknown-result" ? 502 : 503,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "retry-after": String(RETRY_SECONDS),
      "x-filaops-refused": code,
    },
    body: JSON.stringify(refusal),
  });
}

/** A short answer in plain text, for what no page or program of ours asks. */
export function refusePlainly(request: IncomingMessage, response: ServerResponse, status: number): void {
  const words: Record<number, string> = {
    400: "This request cannot be understood.",
    404: "There is nothing here.",
    405: "This can only be read.",
    413: "This is too large.",
    500: "Something unexpected happened.",
    501: "This is not supported here.",
  };
  answer(request, response, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    body: `${words[status] ?? "Something unexpected happened."}\n`,
  });
}
