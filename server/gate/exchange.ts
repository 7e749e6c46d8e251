import type { IncomingMessage, ServerResponse } from "node:http";
import type { Holdable } from "./hold.ts";
import type { RequestKind } from "./rules/classify.ts";

/** One request of a client and what became of it so far. */
export type Exchange = Holdable & {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly kind: Exclude<RequestKind, "upgrade-page">;
  /** The state in which it was last counted as unanswered, so that it counts once in each. */
  unansweredIn: number | null;
};

/** Follows a request until its client has its answer, or has gone. */
export function createExchange(request: IncomingMessage, response: ServerResponse, kind: Exchange["kind"]): Exchange {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  // Writing to a client that went is no error of ours.
  response.on("error", () => undefined);
  return { request, response, kind, heldSince: null, gone: gone.signal, unansweredIn: null };
}
