import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { isErrno } from "./files.ts";

/** A TCP port on 127.0.0.1 that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const socket = createServer().listen(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, "close");
  return port;
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
