import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { isErrno } from "./files.ts";

/** Below the ports that Linux gives to outgoing connections and to whoever listens on any port (ip_local_port_range), and beyond the well-known ones. */
const [LEAST, BEYOND] = [10_240, 32_768];
const MOST_TRIES = 1000;

/**
 * A TCP port on 127.0.0.1 that nobody listens on just now, and that the system gives to nobody who does not ask for it: whoever takes it a little later
 * finds it free.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(LEAST, BEYOND);
    if (await isPortFree({ host: "127.0.0.1", port })) return port;
  }
  throw new Error(`${MOST_TRIES} ports were tried, and none is free`);
}

/** Whether one could listen on this address just now. */
export async function isPortFree({ host, port }: { host: string; port: number }): Promise<boolean> {
  const socket = createServer().listen({ host, port });
  try {
    await once(socket, "listening");
  } catch (error) {
    if (isErrno(error, "EADDRINUSE")) return false;
    throw error;
  }
  socket.close();
  await once(socket, "close");
  return true;
}
