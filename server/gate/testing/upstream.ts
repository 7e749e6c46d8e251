import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { GateTarget } from "../contract.ts";

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };

/** An app for tests: a real server that answers as it is told, notes what it was asked, and can be killed and started again on its port. */
export async function startUpstream(slot: GateTarget["slot"], handler?: RequestListener) {
  const seen: Seen[] = [];
  let act: RequestListener = handler ?? ((_request, response) => response.end(slot));
  let server = createServer();
  let port = 0;

  const start = async () => {
    server = createServer((request, response) => {
      const note: Seen = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: "" };
      seen.push(note);
      request.on("data", (chunk: Buffer) => (note.body += chunk.toString("latin1")));
      act(request, response);
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  };
  await start();

  return {
    seen,
    target: { slot, version: slot === "blue" ? "1.0.0" : "1.1.0", host: "127.0.0.1", port } satisfies GateTarget,
    start,
    /** From now on it answers like this. */
    does: (next: RequestListener) => (act = next),
    /** Ends at once: open connections break, new ones are refused. */
    kill: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;

/** A handler that keeps its requests until they are let go. */
export function keeping() {
  const kept: { request: IncomingMessage; response: ServerResponse }[] = [];
  return { kept, handler: ((request, response) => kept.push({ request, response })) satisfies RequestListener };
}
