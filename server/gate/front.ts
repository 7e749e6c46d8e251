import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "./body.ts";
import { createExchange } from "./exchange.ts";
import type { Exchange } from "./exchange.ts";
import { refuse, refusePlainly } from "./refuse.ts";
import { classify, pathOf, wants } from "./rules/classify.ts";
import { countHeader } from "./rules/headers.ts";
import { serveRead, serveWrite } from "./serve.ts";
import type { ServeWorld } from "./serve.ts";
import { PAGE_HEADERS } from "./upgrade-routes.ts";

/** Answers one request from the public port, whatever it is. */
export async function serve(
  world: ServeWorld,
  upgrade: { handle: (request: IncomingMessage, response: ServerResponse) => void },
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const target = request.url ?? "";
  // A whole address as target, or two hosts: read one way here and another way behind us.
  if (!target.startsWith("/") || countHeader(request.rawHeaders, "host") > 1) {
    refusePlainly(request, response, 400);
    return;
  }
  const kind = classify({ method: request.method ?? "", target, accept: request.headers.accept });
  if (kind === "upgrade-page") upgrade.handle(request, response);
  else if (kind === "write") await serveWrite(world, createExchange(request, response, kind));
  else await serveRead(world, createExchange(request, response, kind));
}

/** Answers a read that cannot be served: the page for people, JSON for programs, and an event stream is told to come back. */
export function showInstead({ request, response, kind }: Exchange, { page, run }: { page: string; run: string | null }): void {
  if (kind === "stream") {
    // An EventSource gives up for ever on any other status.
    const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" };
    answer(request, response, { status: 200, headers, body: "retry: 2000\n\n" });
    return;
  }
  if (isForProgram(request)) {
    refuse(request, response, { code: "unavailable", run });
    return;
  }
  answer(request, response, { status: 503, headers: { ...PAGE_HEADERS, "retry-after": "2" }, body: page });
}

function isForProgram({ url, headers }: IncomingMessage): boolean {
  if (wants(headers.accept, "text/html")) return false;
  return pathOf(url ?? "").startsWith("/api/") || wants(headers.accept, "application/json");
}
