import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type * as Addresses from "./addresses.ts";
import { fetchLimited } from "./http.ts";

// This computer has no public address to stand on: the name `localhost` plays one, and `127.0.0.1` is what it is.
vi.mock("./addresses.ts", async (original) => {
  const real = await original<typeof Addresses>();
  return {
    ...real,
    resolveHost: async (url: URL) => ({
      ...(await real.resolveHost(url)),
      ...(url.hostname === "localhost" ? { kind: "public" } : {}),
    }),
  };
});

const limits = { maxBytes: 1000, timeoutMs: 5000 };
const server = createServer((request, response) => {
  const to = new URL(request.url ?? "/", "http://x").searchParams.getAll("to");
  const [next, ...rest] = to;
  if (next === undefined) response.end("there");
  else response.writeHead(302, { location: `http://${next}:${port()}/?${rest.map((one) => `to=${one}`).join("&")}` }).end();
});
const port = () => (server.address() as AddressInfo).port;

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function via(first: string, ...hosts: string[]) {
  return fetchLimited(`http://${first}:${port()}/?${hosts.map((host) => `to=${host}`).join("&")}`, limits);
}

test("a public address may not send us on to a private one, however long the way", async () => {
  await expect(via("localhost", "127.0.0.1")).rejects.toThrow("a public address sent us on to a private one");
  await expect(via("127.0.0.1", "localhost", "127.0.0.1")).rejects.toThrow("a public address sent us on to a private one");
});

test.each([["localhost"], ["localhost", "localhost"], ["127.0.0.1", "localhost"], ["127.0.0.1", "127.0.0.1"]])(
  "all else is followed: %s",
  async (first, ...rest) => {
    expect((await via(first, ...rest)).body.toString()).toBe("there");
  },
);
