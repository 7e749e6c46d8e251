import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
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

/** Where to listen; `fd` is the bound port, where it was given to us by whoever started us. */
export type PublicAddress = { host: string; port: number; fd?: number };

/** Listens, and says on which port (for port 0, the one that was free). */
export async function listen(server: Server, { fd, ...at }: PublicAddress): Promise<number> {
  server.listen(fd === undefined ? at : { fd });
  try {
    await once(server, "listening");
  } catch (error) {
    if (isErrno(error, "EADDRINUSE")) throw new AppError("gate-port-taken", at, { cause: error });
    throw error;
  }
  return (server.address() as AddressInfo).port;
}

export type Closing = {
  clock: Clock;
  /** How long open requests may take to end. */
  graceMs: number;
  /** How long a connection without a request is kept: its client may be about to ask, and would be cut off in the middle of it. */
  idleMs: number;
  /** Called again and again: ends what would go on for ever. */
  endStreams: () => void;
};

/** Takes no new connections, lets the open ones know with their next answer, gives the requests the time to end, then cuts what is left. */
export async function closeServer(server: Server, { clock, graceMs, idleMs, endStreams }: Closing): Promise<void> {
  const closed = once(server, "close");
  // An HTTP server's own would close the idle connections, too.
  NetServer.prototype.close.call(server);
  // From now on every answer is the last one of its connection, and says so.
  server.maxRequestsPerSocket = 1;
  const over = new AbortController();
  void closed.then(() => {
    over.abort();
  });
  const begun = clock.monotonic();
  while (!over.signal.aborted && clock.monotonic() - begun < graceMs) {
    endStreams();
    // A connection that was busy when the server closed stays open after its answer.
    if (clock.monotonic() - begun >= idleMs) server.closeIdleConnections();
    await clock.sleep(25, over.signal).catch(() => undefined);
  }
  server.closeAllConnections();
  await closed;
}
