import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../platform/clock.ts";
import type { PublicStatus } from "../updates/contract.ts";
import { answer } from "./body.ts";
import { CONTENT_SECURITY_POLICY, renderPage } from "./page.ts";
import { refusePlainly } from "./refuse.ts";
import { pathOf } from "./rules/classify.ts";
import type { StatusFile } from "./status-file.ts";

/** The status is said again this often, so that a listener can tell a quiet run from a dead connection. */
const HEARTBEAT_MS = 10_000;

/** The page's headers: its words change with every step, and nothing but itself may run in it. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-filaops-gate": "page",
};

/**
 * What the gate answers by itself, to everyone: `/_upgrade/` (the page), `/_upgrade/status` (the public status as JSON, `null` when there
 * never was a run) and `/_upgrade/events` (the same as an event stream, sent at every change). `closeAll` ends the streams.
 */
export function createUpgradeRoutes({ status, clock }: { status: StatusFile; clock: Clock }) {
  const open = new Set<ServerResponse>();

  const stream = (response: ServerResponse) => {
    const tell = (now: PublicStatus | null) => {
      // A listener that takes nothing would make us keep all that it missed; it comes back and gets the newest.
      if (response.writableLength > 64 * 1024) response.destroy();
      else response.write(`data: ${JSON.stringify(now)}\n\n`);
    };
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-filaops-gate": "page",
    });
    response.write("retry: 1000\n\n");
    tell(status.current());
    open.add(response);
    const stop = status.subscribe(tell);
    const heartbeat = setInterval(() => {
      tell(status.current());
    }, HEARTBEAT_MS);
    response.on("error", () => undefined);
    response.once("close", () => {
      open.delete(response);
      clearInterval(heartbeat);
      stop();
    });
  };

  const get = (request: IncomingMessage, response: ServerResponse) => {
    switch (pathOf(request.url ?? "")) {
      case "/_upgrade":
      case "/_upgrade/": {
        const body = renderPage({ status: status.current(), now: clock.now(), inPlace: false });
        answer(request, response, { status: 200, headers: PAGE_HEADERS, body });
        break;
      }
      case "/_upgrade/status": {
        const headers = {
          "content-type": "application/json; charset=utf-8",
          "cache-control": "no-store",
          "x-filaops-gate": "page",
        };
        answer(request, response, { status: 200, headers, body: JSON.stringify(status.current()) });
        break;
      }
      case "/_upgrade/events":
        if (request.method === "HEAD") refusePlainly(request, response, 405);
        else stream(response);
        break;
      default:
        refusePlainly(request, response, 404);
    }
  };

  return {
    handle: (request: IncomingMessage, response: ServerResponse) => {
      if (request.method === "GET" || request.method === "HEAD") get(request, response);
      else refusePlainly(request, response, 405);
    },
    closeAll: () => {
      for (const response of open) response.end("retry: 1000\n\n");
      open.clear();
    },
  };
}
