import type { TRPCError } from "@trpc/server";
import type { Refusal } from "../../server/gate/contract.ts";
import { BUILD_HEADER, NOT_READY_HEADER, REFUSED_HEADER } from "../../server/trpc/contract.ts";
import { saysNotReady, saysPaused } from "../../server/trpc/errors.ts";
import type { Web } from "../../server/trpc/web.ts";
import { web } from "../../server/trpc/web.ts";

const RETRY_AFTER_SECONDS = 2;

/** On every answer of the API: it is of the moment, and which build gave it. */
export function standardHeaders({ build }: Pick<Web, "build">): Record<string, string> {
  return { "cache-control": "no-store", [BUILD_HEADER]: `${build.version}+${build.commit}` };
}

/** Status and headers for what procedures threw: `responseMeta` of tRPC and REST alike. */
export function metaOf(
  instance: Pick<Web, "build">,
  errors: readonly TRPCError[],
): { status?: number; headers: Record<string, string> } {
  const headers = standardHeaders(instance);
  const retry = { "retry-after": String(RETRY_AFTER_SECONDS) };
  if (errors.some(saysPaused)) return { status: 503, headers: { ...headers, ...retry, [REFUSED_HEADER]: "paused" } };
  // Of a batch too: an answer of which a part is missing can as well be asked for again as a whole.
  if (errors.some(saysNotReady)) return { status: 503, headers: { ...headers, ...retry, [NOT_READY_HEADER]: "1" } };
  return { headers };
}

/** A refused save says the same whether the gate or we refused it: tRPC's envelope is replaced by the refusal. */
export function asRefusal(response: Response): Response {
  if (response.headers.get(REFUSED_HEADER) === null) return response;
  const refusal: Refusal = {
    error: {
      code: "paused",
      message: "Saving is paused for a moment. Nothing was saved; please send it again.",
      run: null,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    },
  };
  const headers = new Headers(response.headers);
  headers.set("content-type", "application/json");
  headers.delete("content-length");
  return new Response(JSON.stringify(refusal), { status: 503, headers });
}

/** A 503 for a page or a sign-in while the database is not ready, by which the gate knows that it may ask again; else `null`. */
export async function notReady(): Promise<Response | null> {
  const instance = web();
  const readiness = await instance.database.readiness();
  if (readiness.ready) return null;
  return new Response("FilaOps is not ready yet. Please try again in a few seconds.\n", {
    status: 503,
    headers: {
      ...standardHeaders(instance),
      "content-type": "text/plain; charset=utf-8",
      "retry-after": String(RETRY_AFTER_SECONDS),
      [NOT_READY_HEADER]: "1",
    },
  });
}
