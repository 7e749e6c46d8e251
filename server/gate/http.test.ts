import { createHash } from "node:crypto";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { ask, askRaw, listen, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { keeping, startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

let gate: TestGate;
let blue: Upstream;

beforeEach(async () => {
  [gate, blue] = await Promise.all([startTestGate(), startUpstream("blue")]);
  await gate.set("proxy", blue.target);
});
afterEach(async () => {
  await gate.end();
  await blue.kill();
});

describe("answers", () => {
  it("of HEAD have the headers and no body", async () => {
    blue.does((_request, response) => response.writeHead(200, { "content-length": "1234" }).end());
    expect(await ask(gate.port, { method: "HEAD" })).toMatchObject({
      status: 200,
      headers: { "content-length": "1234" },
      body: "",
    });
  });

  it.each([204, 304])("without a body stay so, and the connection goes on (%d)", async (status) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      blue.does((_request, response) => response.writeHead(status, { etag: '"1"' }).end());
      expect(await ask(gate.port, { agent })).toMatchObject({ status, headers: { etag: '"1"' }, body: "" });
      blue.does((_request, response) => response.end("next"));
      expect(await ask(gate.port, { agent })).toMatchObject({ status: 200, body: "next" });
    } finally {
      agent.destroy();
    }
  });

  it("in chunks arrive as they are sent", async () => {
    const { kept, handler } = keeping();
    blue.does((request, response) => {
      handler(request, response);
      response.write("first");
    });
    const stream = listen(gate.port, "/", {});
    await until(() => stream.got.text === "first");
    expect(stream.got.headers["transfer-encoding"]).toBe("chunked");
    kept[0]!.response.end(" second");
    await stream.ended;
    expect(stream.got.text).toBe("first second");
  });

  it("keep repeated headers and their bytes, and lose those of one connection", async () => {
    blue.does((_request, response) => {
      const named = ["set-cookie", "a=1", "set-cookie", "b=2", "x-bytes", "caf\u00e9", "connection", "x-hop", "x-hop", "1"];
      response.writeHead(200, [...named, "keep-alive", "timeout=99", "proxy-authenticate", "Basic"]).end(Buffer.from("text"));
    });
    const { headers } = await ask(gate.port);
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(headers["x-bytes"]).toBe("caf\u00e9");
    expect(headers).not.toHaveProperty("x-hop");
    expect(headers).not.toHaveProperty("proxy-authenticate");
    expect(headers["keep-alive"]).not.toBe("timeout=99");
  });

  it("that break off break off for the client too", async () => {
    blue.does((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.socket?.resetAndDestroy());
    });
    await expect(ask(gate.port)).rejects.toThrow();
    blue.does((_request, response) => {
      response.write("half", () => response.socket?.resetAndDestroy());
    });
    await expect(ask(gate.port)).rejects.toThrow();
  });

  it("of 100 MB pass without being gathered, as fast as the client takes them", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    let sent = 0;
    blue.does((_request, response) => {
      const more = () => {
        while (sent < 100) {
          sent += 1;
          if (!response.write(chunk)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ port: gate.port, host: "127.0.0.1", agent: false }, resolve).on("error", reject).end();
    });
    // A client that takes nothing stops the app: what is on the way is what the sockets hold.
    let before = -1;
    await until(async () => {
      const still = sent === before && sent > 0;
      before = sent;
      await systemClock.sleep(200);
      return still;
    });
    expect(sent).toBeLessThan(50);
    let bytes = 0;
    for await (const part of response) bytes += (part as Buffer).length;
    expect(bytes).toBe(100 * 1024 * 1024);
  });
});

describe("requests", () => {
  it("carry who asked, whatever the client claims", async () => {
    const claims = {
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      forwarded: "for=6.6.6.6",
      "x-real-ip": "6.6.6.6",
      "x-kept": "yes",
      connection: "x-hop",
      "x-hop": "1",
      te: "trailers",
      host: "farm.example",
    };
    await ask(gate.port, { headers: claims });
    const { headers } = blue.seen[0]!;
    expect(headers).toMatchObject({
      host: "farm.example",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "farm.example",
      "x-kept": "yes",
    });
    for (const name of ["forwarded", "x-real-ip", "x-hop", "te"]) expect(headers).not.toHaveProperty(name);
  });

  it("carry whom a trusted proxy spoke to, so that limits on signing in are each client's own", async () => {
    const behind = await startTestGate({ trustedProxies: ["127.0.0.0/8"] });
    await behind.set("proxy", blue.target);
    await ask(behind.port, { headers: { "x-forwarded-for": "6.6.6.6, 203.0.113.9" } });
    expect(blue.seen.at(-1)?.headers["x-forwarded-for"]).toBe("203.0.113.9");
    await behind.end();
  });

  it("with large bodies arrive whole, by length and in chunks", async () => {
    const hash = (body: Buffer | string) => createHash("sha256").update(body).digest("hex");
    blue.does((request, response) => {
      const sum = createHash("sha256");
      request.on("data", (chunk: Buffer) => sum.update(chunk));
      request.on("end", () => response.end(`${request.headers["content-length"] ?? "chunked"} ${sum.digest("hex")}`));
    });
    const body = Buffer.alloc(10_000_000, "0123456789");
    const length = { "content-length": String(body.length) };
    expect((await ask(gate.port, { method: "POST", headers: length, body })).body).toBe(`10000000 ${hash(body)}`);
    const chunked = { "transfer-encoding": "chunked" };
    expect((await ask(gate.port, { method: "POST", headers: chunked, body })).body).toBe(`chunked ${hash(body)}`);
    expect((await ask(gate.port, { method: "POST" })).body).toBe(`0 ${hash("")}`);
  });

  it("that ask before they send are told to go on, once the app is to have them", async () => {
    blue.does((request, response) => {
      request.on("end", () => response.end("got it"));
    });
    const head = "POST /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    expect(await askRaw(gate.port, `${head}12345`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(blue.seen[0]?.body).toBe("12345");
  });

  it("that are too large to be repeated as reads are refused", async () => {
    const body = Buffer.alloc(2 * 1024 * 1024);
    expect(await ask(gate.port, { method: "POST", path: "/api/auth/callback/x", body })).toMatchObject({ status: 413 });
    const chunked = { "transfer-encoding": "chunked" };
    expect(await ask(gate.port, { method: "POST", path: "/api/auth/x", headers: chunked, body })).toMatchObject({ status: 413 });
    expect(blue.seen).toHaveLength(0);
  });

  it("end at the app when their client goes", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const stream = listen(gate.port, "/", {});
    await until(() => kept.length === 1);
    stream.stop();
    await until(() => kept[0]!.request.socket.destroyed);
    await until(async () => (await gate.client.report()).inFlight.reads === 0);
    expect((await gate.client.report()).unanswered).toBe(0);
  });

  it.each([
    ["two lengths", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef"],
    ["the same length twice", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nabcde"],
    ["a length and chunks", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["chunks and a length", "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n"],
    ["an odd encoding", "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n"],
    ["an encoding after chunks", "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    ["a signed length", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +5\r\n\r\nabcde"],
    [
      "a bad chunk",
      "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
    ],
    ["two hosts", "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n"],
    ["no host", "GET / HTTP/1.1\r\nconnection: close\r\n\r\n"],
    ["a bare line feed", "GET / HTTP/1.1\nhost: a\n\n"],
    ["a folded header", "GET / HTTP/1.1\r\nhost: a\r\nx-a: 1\r\n 2\r\nconnection: close\r\n\r\n"],
    ["a space before the colon", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length : 5\r\n\r\nabcde"],
    ["a whole address", "GET http://evil.example/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"],
  ])("that can be read in two ways are answered 400 (%s)", async (_name, bytes) => {
    const text = await askRaw(gate.port, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(blue.seen.map((one) => one.url)).toEqual([]);
  });

  it.each([
    ["an upgrade", "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"],
    ["a tunnel", "CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n"],
  ])("for %s are answered 501", async (_name, bytes) => {
    expect(await askRaw(gate.port, bytes)).toMatch(/^HTTP\/1\.1 501 /);
    expect(blue.seen).toHaveLength(0);
  });

  it("with too many headers are answered 431", async () => {
    expect(await askRaw(gate.port, `GET / HTTP/1.1\r\nhost: a\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

it("closes connections to a target that is no longer current", async () => {
  const green = await startUpstream("green");
  const sockets = new Set<{ destroyed: boolean }>();
  blue.does((request, response) => {
    sockets.add(request.socket);
    response.end();
  });
  await ask(gate.port);
  expect([...sockets].map((socket) => socket.destroyed)).toEqual([false]);
  await gate.set("proxy", green.target);
  await until(() => [...sockets].every((socket) => socket.destroyed));
  expect((await ask(gate.port)).body).toBe("green");
  await green.kill();
});
