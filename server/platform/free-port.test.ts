import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isPortFree } from "./free-port.ts";

test("a free port can be taken, and is none that the system gives to a connection meanwhile", async () => {
  const port = await freePort();
  expect(port).toBeLessThan(32_768);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await isPortFree({ host: "127.0.0.1", port })).toBe(false);
  server.close();
  await once(server, "close");
  expect(await isPortFree({ host: "127.0.0.1", port })).toBe(true);
});
