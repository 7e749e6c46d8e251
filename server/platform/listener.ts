import { lookup } from "node:dns/promises";
import * as net from "node:net";

/** A TCP port that is ours, though nobody listens on it yet. Who is given its descriptor listens, and any number may at once. */
export type BoundPort = { fd: number; close: () => void };

/** The variable that tells a service under which descriptor it was given its port. Releases of all versions share the name. */
export const LISTENER = "FILAOPS_LISTENER";
/** The first one behind a child's standard streams. */
export const LISTENER_FD = 3;

type Handle = BoundPort & { getsockname: (into: { port?: number }) => number };
/** What Node's own cluster module opens ports with; a number is an error. */
type CreateHandle = (address: string, port: number, family: 4 | 6) => Handle | number;

/**
 * Binds a port without listening, in order to hand it to one child after another: connections that were not accepted yet are lost with the socket
 * they wait at, so a port changes hands without loss only as one and the same socket. `null` when the port is taken, or when this Node cannot bind
 * only (it has no documented way): then whoever needs the port opens it, or says why it could not.
 */
export async function bindPort(
  at: { host: string; port: number },
  create: CreateHandle | null = ofThisNode(),
): Promise<BoundPort | null> {
  if (create === null) return null;
  const { address, family } = await lookup(at.host);
  const handle = create(address, at.port, family === 6 ? 6 : 4);
  if (typeof handle === "number") return null;
  // That a port is taken is kept from us and told to who listens; an unbound socket would then listen on any port.
  const bound: { port?: number } = {};
  handle.getsockname(bound);
  if (bound.port === at.port) {
    return {
      fd: handle.fd,
      close: () => {
        handle.close();
      },
    };
  }
  handle.close();
  return null;
}

function ofThisNode(): CreateHandle | null {
  return (net as { _createServerHandle?: CreateHandle })._createServerHandle ?? null;
}
