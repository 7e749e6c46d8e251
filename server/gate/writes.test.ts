import { once } from "node:events";
import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { createConnection } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalSchema } from "./contract.ts";
import { ask, askRaw, RUN, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { keeping, startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

let gate: TestGate;
let blue: Upstream;
const save = { method: "POST", path: "/api/trpc/orders.create", body: '{"a":1}' };

beforeEach(async () => {
  [gate, blue] = await Promise.all([startTestGate(), startUpstream("blue")]);
});
afterEach(async () => {
  await gate.end();
  await blue.kill();
});

describe("a write while saving is paused", () => {
  it.each(["readOnly", "hold", "observe", "maintenance"] as const)("is refused at once (%s)", async (mode) => {
    await gate.set(mode, blue.target);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const reply = await ask(gate.port, { ...save, method });
      expect(reply).toMatchObject({ status: 503, headers: { "retry-after": "2", "x-filaops-refused": "paused" } });
      expect(refusalSchema.parse(JSON.parse(reply.body)).error).toMatchObject({ code: "paused", run: RUN, retryAfterSeconds: 2 });
      expect(reply.ms).toBeLessThan(1000);
    }
    expect(blue.seen).toHaveLength(0);
  });

  it("is told so while its large body still comes, and the connection goes on to be used", async () => {
    await gate.set("readOnly", blue.target);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const large = await ask(gate.port, { ...save, body: Buffer.alloc(20 * 1024 * 1024), agent });
      expect(large).toMatchObject({ status: 503, headers: { "x-filaops-refused": "paused" } });
      const after = await Promise.all([ask(gate.port, { agent }), ask(gate.port, { ...save, agent }), ask(gate.port, { agent })]);
      expect(after.map((reply) => reply.status)).toEqual([200, 503, 200]);
    } finally {
      agent.destroy();
    }
  });

  it.each([
    [9_999_999, "keep-alive"],
    // More than is taken in and thrown away: the connection will be cut.
    [99_999_999, "close"],
  ])("is told so before its body is whole (%d bytes: %s)", async (bytes, connection) => {
    await gate.set("readOnly", blue.target);
    const head = `POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes}\r\n\r\nsome`;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = createConnection({ host: "127.0.0.1", port: gate.port });
      socket.on("data", (chunk: Buffer) => {
        resolve(chunk.toString());
        socket.destroy();
      });
      socket.on("error", reject);
      socket.write(head);
    });
    expect(text).toContain("HTTP/1.1 503");
    expect(text).toContain('"paused"');
    expect(text.toLowerCase()).toContain(`connection: ${connection}\r\n`);
  });

  // A drain waits for writes and gives the update up when one does not end: a picture from a telephone on a thin line would have been enough.
  it("which is an upload on its way is ended and told so, and nobody waits for it", async () => {
    await gate.set("proxy", blue.target);
    blue.does(() => undefined);
    const sending = request({ host: "127.0.0.1", port: gate.port, method: "POST", path: "/api/files?kind=image" });
    const answered = once(sending, "response") as Promise<[IncomingMessage]>;
    sending.setHeader("content-length", 10_000_000);
    sending.write("the beginning of a picture");
    await until(() => blue.seen[0]?.body !== undefined && blue.seen[0].body !== "");
    await gate.set("readOnly", blue.target);
    const before = performance.now();
    expect(await gate.client.drain({ what: "writes", timeoutMs: 20_000 })).toEqual({ drained: true, remaining: 0 });
    expect(performance.now() - before).toBeLessThan(5000);
    const [response] = await answered;
    expect([response.statusCode, response.headers["x-filaops-refused"]]).toEqual([503, "paused"]);
    sending.destroy();
  });

  it("is not sent for when its client asks first", async () => {
    await gate.set("readOnly", blue.target);
    const head = "POST /x HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    const text = await askRaw(gate.port, head);
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text.toLowerCase()).toContain("connection: close");
  });

  it("lets sign-in, sign-out and the cancel of the running update through", async () => {
    await gate.set("readOnly", blue.target);
    for (const path of ["/api/auth/signout", "/api/auth/callback/credentials", "/api/trpc/updates.cancel?batch=1"]) {
      expect(await ask(gate.port, { ...save, path })).toMatchObject({ status: 200, body: "blue" });
    }
    expect(blue.seen.map((one) => one.body)).toEqual([save.body, save.body, save.body]);
  });
});

describe("a write in proxy", () => {
  beforeEach(() => gate.set("proxy", blue.target));

  it("goes to the app once, with its body", async () => {
    blue.does((request, response) => {
      request.on("end", () => response.writeHead(201, { "x-id": "7" }).end("saved"));
    });
    expect(await ask(gate.port, save)).toMatchObject({ status: 201, headers: { "x-id": "7" }, body: "saved" });
    expect(blue.seen).toMatchObject([{ method: "POST", url: save.path, body: save.body }]);
  });

  it("that finds no app was certainly not done", async () => {
    await blue.kill();
    const reply = await ask(gate.port, save);
    expect(reply).toMatchObject({ status: 503, headers: { "retry-after": "2", "x-filaops-refused": "unavailable" } });
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: "unavailable" } });
  });

  it("that an app is not ready for was not done", async () => {
    blue.does((_request, response) => response.writeHead(503, { "x-filaops-not-ready": "1" }).end());
    expect(await ask(gate.port, save)).toMatchObject({ status: 503, headers: { "x-filaops-refused": "unavailable" } });
  });

  it("that was cut off says that nobody knows, and is not sent twice", async () => {
    blue.does((request) => request.on("end", () => request.socket.resetAndDestroy()));
    const reply = await ask(gate.port, save);
    expect(reply).toMatchObject({ status: 502, headers: { "x-filaops-refused": "unknown-result" } });
    expect(refusalSchema.parse(JSON.parse(reply.body)).error).toMatchObject({ code: "unknown-result" });
    expect(JSON.parse(reply.body)).toMatchObject({ error: { message: expect.stringContaining("idempotency key") as string } });
    expect(blue.seen).toHaveLength(1);
  });

  it("breaks off at the app when its client goes in the middle of the body", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const leaving = new AbortController();
    const head = { "content-length": "1000" };
    const reply = ask(gate.port, { ...save, headers: head, body: "some", signal: leaving.signal });
    reply.catch(() => undefined);
    await until(() => blue.seen[0]?.body === "some");
    leaving.abort();
    await until(() => kept[0]?.request.destroyed === true);
    expect(kept[0]?.request.complete).toBe(false);
    await until(async () => (await gate.client.report()).inFlight.writes === 0);
  });

  it("leaves the connection usable when the app answers before it has read all", async () => {
    blue.does((_request, response) => response.writeHead(413).end("too much"));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const reply = await ask(gate.port, { ...save, body: Buffer.alloc(8 * 1024 * 1024), agent });
      expect(reply).toMatchObject({ status: 413, body: "too much" });
      blue.does((_request, response) => response.end("fine"));
      expect(await ask(gate.port, { agent })).toMatchObject({ status: 200, body: "fine" });
    } finally {
      agent.destroy();
    }
  });
});

describe("draining writes", () => {
  beforeEach(() => gate.set("proxy", blue.target));

  it("waits for a save that was let through before the pause, and refuses those after", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const slow = ask(gate.port, save);
    await until(() => kept.length === 1);
    await gate.set("readOnly", blue.target);
    expect(await gate.client.drain({ what: "writes", timeoutMs: 100 })).toEqual({ drained: false, remaining: 1 });
    const drained = gate.client.drain({ what: "writes", timeoutMs: 10_000 });
    expect(await ask(gate.port, save)).toMatchObject({ status: 503 });
    kept[0]!.response.end("saved");
    expect(await drained).toEqual({ drained: true, remaining: 0 });
    expect(await slow).toMatchObject({ status: 200, body: "saved" });
  });

  // A save whose client has gone may still be committed; were it not counted, the books would be taken while it is.
  it("waits for a save whose client has gone", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const leaving = new AbortController();
    const slow = ask(gate.port, { ...save, signal: leaving.signal });
    slow.catch(() => undefined);
    await until(() => blue.seen[0]?.body === save.body);
    leaving.abort();
    await gate.set("readOnly", blue.target);
    expect(await gate.client.drain({ what: "writes", timeoutMs: 150 })).toEqual({ drained: false, remaining: 1 });
    kept[0]!.response.end("x".repeat(10_000_000));
    expect(await gate.client.drain({ what: "writes", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
  });

  it("is not kept waiting by a client that goes without taking its answer", async () => {
    blue.does((_request, response) => response.end(Buffer.alloc(20_000_000)));
    const socket = createConnection({ host: "127.0.0.1", port: gate.port });
    socket.write("POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
    await once(socket, "readable");
    expect((await gate.client.drain({ what: "writes", timeoutMs: 100 })).remaining).toBe(1);
    socket.destroy();
    expect(await gate.client.drain({ what: "writes", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
  });

  it("counts every write that was let through, however close to the pause it came", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const writes = Array.from({ length: 50 }, () => ask(gate.port, save));
    const paused = gate.set("readOnly", blue.target);
    writes.push(...Array.from({ length: 50 }, () => ask(gate.port, save)));
    await paused;
    const { remaining } = await gate.client.drain({ what: "writes", timeoutMs: 0 });
    await until(() => kept.length === remaining);
    for (const one of kept) one.response.end("saved");
    const statuses = (await Promise.all(writes)).map((reply) => reply.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(remaining);
    expect(statuses.filter((status) => status === 503)).toHaveLength(100 - remaining);
    expect(blue.seen).toHaveLength(remaining);
  });
});
