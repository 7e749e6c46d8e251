import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { isErrno } from "../platform/files.ts";

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  /** A client that is slower than this with its headers is none, or means harm. */
  headersTimeout: 15_000,
  /** An upload over a thin line takes its time. */
  requestTimeout: 10 * 60_000,
  /** Longer than what browsers and proxies before us keep a connection, so that they close it first. */
  keepAliveTimeout: 75_000,
};

/**
 * The server on the public port. Node's strict parser answers 400 to what could be read in two ways (lengths given twice, a length and chunks)
 * and closes the connection. Protocol upgrades and tunnels are answered 501: nothing of ours uses them, and they could not be drained.
 */
export function createPublicServer(handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(LIMITS, handle);
  // Whether a body is wanted is decided where its request is: a refused write is not sent for.
  server.on("checkContinue", handle);
  const decline = (_request: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 501 Not Implemented\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  };
  server.on("upgrade", decline);
  server.on("connect", decline);
  return server;
}

/** Listens, and says on which port (for port 0, the one that was free). */
export async function listen(server: Server, at: { host: string; port: number }): Promise<number> {
  server.listen(at);
  try {
    await once(server, "listening");
  } catch (error) {
    if (isErrno(error, "EADDRINUSE")) throw new AppError("gate-port-taken", at, { cause: error });
    throw error;
  }
  return (server.address() as AddressInfo).port;
}

/** Takes no new connections, gives the open requests the time to end, then cuts what is left. */
export async function closeServer(server: Server, clock: Clock, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const over = new AbortController();
  void closed.then(() => {
    over.abort();
  });
  const deadline = clock.monotonic() + graceMs;
  while (!over.signal.aborted && clock.monotonic() < deadline) {
    // A connection that was busy when the server closed stays open after its answer.
    server.closeIdleConnections();
    await clock.sleep(25, over.signal).catch(() => undefined);
  }
  server.closeAllConnections();
  await closed;
}
