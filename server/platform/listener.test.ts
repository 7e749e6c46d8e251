import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { baseEnv } from "./env.ts";
import { freePort } from "./free-port.ts";
import { LISTENER_FD, bindPort } from "./listener.ts";
import { spawnAttached } from "./process.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const textAt = async (port: number) => (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: "close" } })).text();

/** A process that answers with its name at the port that it was given; `gone` ends it. */
async function serve(fd: number, name: string): Promise<{ gone: () => Promise<void> }> {
  const code = `require("node:http").createServer((_, response) => response.end("${name}")).listen({ fd: ${LISTENER_FD} }, () => console.log("up"))`;
  const child = spawnAttached(process.execPath, ["-e", code], { env: baseEnv(), stdio: ["ignore", "pipe", "inherit", fd] });
  const exited = once(child, "exit");
  const gone = async () => {
    child.kill();
    await exited;
  };
  ends.push(gone);
  await once(child.stdout ?? child, "data");
  return { gone };
}

test("two take turns at a port, and whoever comes in between is answered by the second", async () => {
  const port = await freePort();
  const bound = await bindPort({ host: "127.0.0.1", port });
  if (bound === null) throw new Error("the port was not bound");
  ends.push(bound.close);
  const first = await serve(bound.fd, "first");
  expect(await textAt(port)).toBe("first");
  await first.gone();
  const waiting = textAt(port);
  await serve(bound.fd, "second");
  expect(await waiting).toBe("second");
});

test("a name is looked up, as when a server listens", async () => {
  const bound = await bindPort({ host: "localhost", port: await freePort() });
  expect(bound?.fd).toBeGreaterThan(2);
  bound?.close();
});

test("a port at which another program listens is not ours", async () => {
  const stranger = createServer().listen(0, "127.0.0.1");
  ends.push(() => stranger.close());
  await once(stranger, "listening");
  const { port } = stranger.address() as AddressInfo;
  expect(await bindPort({ host: "127.0.0.1", port })).toBeNull();
});

test("neither is one of an address that is not here, nor any where Node cannot bind only", async () => {
  expect(await bindPort({ host: "192.0.2.1", port: await freePort() })).toBeNull();
  expect(await bindPort({ host: "127.0.0.1", port: await freePort() }, null)).toBeNull();
});
