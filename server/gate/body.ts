import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import type { Readable } from "node:stream";

/** How much of a body that nobody wants is still taken from the client, so that it can read its answer. */
const DISCARD_BYTES = 64 * 1024 * 1024;
const DISCARD_MS = 30_000;

export function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? "0") > 0;
}

/** Reads a body to its end. `null`: it is larger than `most`, or the client went before it was whole. */
export async function bufferBody(request: IncomingMessage, most: number): Promise<Buffer | null> {
  if (Number(request.headers["content-length"] ?? "0") > most) return null;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > most) finish(null);
    };
    const finish = (body: Buffer | null) => {
      request.off("data", take);
      resolve(body);
    };
    request.on("data", take);
    request.once("end", () => {
      finish(Buffer.concat(chunks));
    });
    request.once("close", () => {
      finish(null);
    });
  });
}

/**
 * The body as a stream of its own, as fast as it is taken. Ending or breaking it leaves the client's connection alone, so that an answer can
 * still be given.
 */
export function relayBody(request: IncomingMessage): Readable {
  const relay = new PassThrough();
  // Whoever sends it on breaks it when that fails, and says so by its outcome.
  relay.on("error", () => undefined);
  request.pipe(relay);
  return relay;
}

/** Throws away what still comes of a body, within limits; then `done`, or the connection is cut. The connection can be used again after it. */
export function discardRest(request: IncomingMessage, done: () => void): void {
  if (request.complete || request.destroyed) {
    request.resume();
    done();
    return;
  }
  let bytes = 0;
  const cut = () => {
    request.destroy();
  };
  const timer = setTimeout(cut, DISCARD_MS);
  request.unpipe();
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARD_BYTES) cut();
  });
  request.once("end", done);
  request.once("close", () => {
    clearTimeout(timer);
  });
  request.resume();
}

export type Answer = { status: number; headers: Record<string, string>; body: string };

/**
 * Gives the gate's own answer, also while the client is still sending: all of it goes out at once, and the response ends when the body has
 * come in and been thrown away. Closing at once would reset the connection before a client that is busy sending has read why.
 */
export function answer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  // Its body is not on the way and will not be sent for; Node closes the connection behind the answer.
  const waitsForLeave = request.headers.expect !== undefined && !request.complete;
  const tooLarge = Number(request.headers["content-length"] ?? "0") > DISCARD_BYTES;
  response.writeHead(status, {
    ...headers,
    "content-length": Buffer.byteLength(body),
    ...(tooLarge ? { connection: "close" } : {}),
  });
  if (request.complete || !hasBody(request) || waitsForLeave) {
    response.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  if (request.method !== "HEAD") response.write(body);
  discardRest(request, () => {
    response.end();
  });
}
