import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { request } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream";

/** A request as it is sent on: a path, and a body that is ours, the client's as it comes (`stream`), or none. */
export type Relayed = { target: string; body: unknown; stream: Readable | null };
type Answer = { status: number; message: string };

export const UNREACHABLE = "Docker cannot be reached behind FilaOps' socket proxy.";
/** Of what a client says with its request, all that the engine is told: what its registries and its logs need. */
const TOLD = ["accept", "user-agent", "x-registry-auth", "x-registry-config"];
/** Between two neighbours only. */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding"];

/** Hands a request on, and the answer back as it comes. Whichever side leaves, the other is told so. */
export function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  { engine, ...relayed }: Relayed & { engine: string },
): void {
  const outgoing = send(incoming, { engine, ...relayed });
  response.once("close", () => outgoing.destroy());
  outgoing.once("error", () => {
    if (response.headersSent) response.destroy();
    else answer(response, { status: 502, message: UNREACHABLE });
  });
  outgoing.once("response", (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.statusMessage, headersOf(answered));
    // A wait is answered at once, and told its end later.
    response.flushHeaders();
    pipeline(answered, response, () => undefined);
  });
}

/** Hands on a request that wants to make a plain stream of its connection, and joins the two ends when the engine agrees. */
export function relayUpgrade(
  incoming: IncomingMessage,
  near: Duplex,
  { engine, ...relayed }: Relayed & { engine: string },
): void {
  const outgoing = send(incoming, { engine, ...relayed }, { connection: "Upgrade", upgrade: incoming.headers.upgrade ?? "tcp" });
  near.once("close", () => outgoing.destroy());
  outgoing.once("error", () => near.destroy());
  outgoing.once("upgrade", (answered, far, begun) => {
    near.write(headOf(answered, "connection: Upgrade"));
    near.write(begun);
    far.once("error", () => near.destroy());
    near.once("close", () => far.destroy());
    far.once("close", () => near.end());
    // Each direction ends by itself: a client that has no more to say still listens.
    near.pipe(far);
    far.pipe(near);
  });
  outgoing.once("response", (answered) => {
    near.write(headOf(answered, "connection: close"));
    pipeline(answered, near, () => undefined);
  });
}

/** An answer of our own, in the engine's manner. */
export function answer(response: ServerResponse, { status, message }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ message }));
}

/** The same on a connection that wanted to be a plain stream. */
export function answerUpgrade(near: Duplex, { status, message }: Answer): void {
  const body = JSON.stringify({ message });
  const head = ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`, "connection: close"];
  near.end(`HTTP/1.1 ${status} Refused\r\n${head.join("\r\n")}\r\n\r\n${body}`);
}

function send(
  incoming: IncomingMessage,
  relayed: Relayed & { engine: string },
  upgrade: OutgoingHttpHeaders = {},
): ClientRequest {
  const { engine, target, body, stream } = relayed;
  const told = Object.fromEntries(TOLD.flatMap((name) => (name in incoming.headers ? [[name, incoming.headers[name]]] : [])));
  const own = body === undefined ? null : JSON.stringify(body);
  // The kind is said by us: a form's fields would be read as if they stood in the query.
  const type = stream !== null ? { "content-type": "application/x-tar" } : { "content-type": "application/json" };
  const headers = { host: "docker", ...told, ...(stream !== null || own !== null ? type : {}), ...upgrade };
  const outgoing = request({ socketPath: engine, agent: false, method: incoming.method, path: target, headers });
  if (stream !== null) pipeline(stream, outgoing, () => undefined);
  else outgoing.end(own ?? undefined);
  return outgoing;
}

function headersOf({ rawHeaders }: IncomingMessage): string[] {
  return pairsOf(rawHeaders)
    .filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()))
    .flat();
}

function headOf(answered: IncomingMessage, connection: string): string {
  const { statusCode, statusMessage, rawHeaders } = answered;
  const told = pairsOf(rawHeaders).filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase()));
  const lines = told.map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${statusCode ?? 502} ${statusMessage ?? ""}`, ...lines, connection, "", ""].join("\r\n");
}

function pairsOf(rawHeaders: readonly string[]): [name: string, value: string][] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""]] : []));
}
