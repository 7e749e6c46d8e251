import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, RUN, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { keeping, startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

let gate: TestGate;
let blue: Upstream;
let green: Upstream;

beforeEach(async () => {
  [gate, blue, green] = await Promise.all([startTestGate(), startUpstream("blue"), startUpstream("green")]);
});
afterEach(async () => {
  await gate.end();
  await Promise.all([blue.kill(), green.kill()]);
});

const held = async (count: number) => until(async () => (await gate.client.report()).held === count);

describe("a read in proxy and readOnly", () => {
  it.each(["proxy", "readOnly", "observe"] as const)("reaches the target (%s)", async (mode) => {
    await gate.set(mode, blue.target);
    expect(await ask(gate.port, { path: "/orders?page=2" })).toMatchObject({ status: 200, body: "blue" });
    expect(blue.seen[0]).toMatchObject({ method: "GET", url: "/orders?page=2" });
  });

  it("waits for an app that refuses connections, and is answered when it is there", async () => {
    await gate.set("proxy", blue.target);
    await blue.kill();
    const reply = ask(gate.port);
    await until(async () => (await gate.client.report()).unanswered === 1);
    await blue.start();
    expect(await reply).toMatchObject({ status: 200, body: "blue" });
  });

  it("is asked again when the app resets before it answers", async () => {
    let times = 0;
    blue.does((request, response) => {
      times += 1;
      if (times < 3) request.socket.resetAndDestroy();
      else response.end("at last");
    });
    await gate.set("readOnly", blue.target);
    expect(await ask(gate.port)).toMatchObject({ status: 200, body: "at last" });
    expect(times).toBe(3);
    expect(await gate.client.report()).toMatchObject({ unanswered: 1, held: 0 });
  });

  it("waits for an app that says that it is not ready", async () => {
    let times = 0;
    blue.does((_request, response) => {
      times += 1;
      if (times < 3) response.writeHead(503, { "x-filaops-not-ready": "1" }).end("not ready");
      else response.end("ready");
    });
    await gate.set("proxy", blue.target);
    expect(await ask(gate.port)).toMatchObject({ status: 200, body: "ready" });
  });

  it("hands on any other 5xx as it is", async () => {
    blue.does((_request, response) => response.writeHead(500).end("a bug"));
    await gate.set("proxy", blue.target);
    expect(await ask(gate.port)).toMatchObject({ status: 500, body: "a bug" });
    expect(await gate.client.report()).toMatchObject({ unanswered: 0 });
  });

  it("repeats a sign-in with its body", async () => {
    let times = 0;
    blue.does((request, response) => {
      times += 1;
      if (times === 1) request.on("end", () => request.socket.resetAndDestroy());
      else response.end("signed in");
    });
    await gate.set("readOnly", blue.target);
    const body = "username=ann&password=x";
    const reply = await ask(gate.port, { method: "POST", path: "/api/auth/callback/credentials", body });
    expect(reply).toMatchObject({ status: 200, body: "signed in" });
    expect(blue.seen.map((one) => one.body)).toEqual([body, body]);
  });

  it("gives up after the patience: the page for people, JSON for programs, a hint for event streams", async () => {
    await gate.gate.close(0);
    const short = await startTestGate({ patienceMs: 200 });
    try {
      await short.set("proxy", blue.target);
      await blue.kill();
      const [page, json, stream] = await Promise.all([
        ask(short.port, { path: "/orders", headers: { accept: "text/html" } }),
        ask(short.port, { path: "/api/trpc/orders.list" }),
        ask(short.port, { path: "/api/events", headers: { accept: "text/event-stream" } }),
      ]);
      expect(page.status).toBe(503);
      expect(page.headers["retry-after"]).toBe("2");
      expect(page.body).toContain("<h1>");
      expect(page.ms).toBeGreaterThanOrEqual(200);
      expect(json).toMatchObject({ status: 503, headers: { "x-filaops-refused": "unavailable" } });
      expect(JSON.parse(json.body)).toMatchObject({ error: { code: "unavailable", run: RUN, retryAfterSeconds: 2 } });
      expect(stream).toMatchObject({ status: 200, body: "retry: 2000\n\n" });
    } finally {
      await short.end();
    }
  });
});

describe("hold", () => {
  it("keeps reads unanswered until the next state, and says how long", async () => {
    await gate.set("hold", blue.target);
    const replies = [ask(gate.port), ask(gate.port, { method: "HEAD" }), ask(gate.port, { method: "OPTIONS" })];
    await held(3);
    const from = performance.now();
    await until(() => performance.now() - from > 50);
    const report = await gate.set("readOnly", blue.target);
    expect((await Promise.all(replies)).map((reply) => reply.status)).toEqual([200, 200, 200]);
    expect(report.longestHoldMs).toBeGreaterThanOrEqual(50);
    expect(report.longestHoldMs).toBeLessThan(2000);
    expect(report.unanswered).toBe(0);
  });

  it("lets no more wait than it may", async () => {
    await gate.gate.close(0);
    const small = await startTestGate({ mostHeld: 2 });
    try {
      await small.set("hold", null);
      const two = [ask(small.port), ask(small.port)];
      await until(async () => (await small.client.report()).held === 2);
      expect(await ask(small.port)).toMatchObject({ status: 503 });
      await small.set("proxy", blue.target);
      expect((await Promise.all(two)).map((reply) => reply.status)).toEqual([200, 200]);
    } finally {
      await small.end();
    }
  });

  it("forgets a read whose client has gone", async () => {
    await gate.set("hold", blue.target);
    const leaving = new AbortController();
    const reply = ask(gate.port, { signal: leaving.signal });
    await held(1);
    leaving.abort();
    await expect(reply).rejects.toThrow();
    await held(0);
    await gate.set("proxy", blue.target);
    expect(blue.seen).toHaveLength(0);
  });

  it("asks again what failed because of what was done in it", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    await gate.set("readOnly", blue.target);
    const reply = ask(gate.port);
    await until(() => kept.length === 1);
    await gate.set("hold", blue.target);
    // The run ends the app's sessions in the database; the app answers 500 after the hold is over.
    await gate.set("readOnly", blue.target);
    blue.does((_request, response) => response.end("well"));
    kept[0]!.response.writeHead(500).end();
    expect(await reply).toMatchObject({ status: 200, body: "well" });
  });

  it("loses none of 200 parallel readers across hold and switch", async () => {
    await gate.set("readOnly", blue.target);
    let stop = false;
    const answers: string[] = [];
    const reader = async () => {
      while (!stop) {
        const reply = await ask(gate.port);
        answers.push(`${reply.status} ${reply.body}`);
      }
    };
    const readers = Array.from({ length: 200 }, reader);
    await until(() => answers.length > 400);
    await gate.set("hold", blue.target);
    expect(await gate.client.drain({ what: "all", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
    await blue.kill();
    await held(200);
    await gate.set("observe", green.target);
    const now = answers.length;
    await until(() => answers.length > now + 400);
    stop = true;
    await Promise.all(readers);
    expect(new Set(answers)).toEqual(new Set(["200 blue", "200 green"]));
    expect(answers.slice(-10)).toEqual(Array(10).fill("200 green"));
  });
});

describe("observe", () => {
  it.each([
    [
      "answers 500",
      (_: unknown, response: { writeHead: (status: number) => { end: () => void } }) => {
        response.writeHead(500).end();
      },
    ],
    [
      "resets",
      (request: { socket: { resetAndDestroy: () => void } }) => {
        request.socket.resetAndDestroy();
      },
    ],
    ["hangs", () => undefined],
  ])("answers with the side that wins when the watched one %s", async (_name, fails) => {
    green.does(fails);
    await gate.set("observe", green.target);
    const reply = ask(gate.port);
    await until(() => green.seen.length === 1);
    if (_name !== "hangs") await until(async () => (await gate.client.report()).unanswered === 1);
    await gate.set("hold", green.target);
    expect(await gate.client.drain({ what: "all", timeoutMs: 1000 })).toEqual({ drained: true, remaining: 0 });
    await gate.set("readOnly", blue.target);
    expect(await reply).toMatchObject({ status: 200, body: "blue" });
  });

  // A release fell over while it sent a page: the beginning had gone to the reader already, so the page broke off and could not be asked for again.
  it("asks again for an answer that breaks off in the middle", async () => {
    green.does((_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half a page", () => response.destroy());
    });
    await gate.set("observe", green.target);
    const reply = ask(gate.port);
    await until(async () => (await gate.client.report()).unanswered === 1);
    await gate.set("readOnly", blue.target);
    expect(await reply).toMatchObject({ status: 200, body: "blue" });
  });

  it.each([0, 100, 4 * 1024 * 1024, 9 * 1024 * 1024])("hands an answer of %i bytes on unchanged", async (bytes) => {
    green.does((_request, response) => response.writeHead(200, { "x-own": "kept" }).end(Buffer.alloc(bytes, "x")));
    await gate.set("observe", green.target);
    expect(await ask(gate.port)).toMatchObject({ status: 200, headers: { "x-own": "kept" }, body: "x".repeat(bytes) });
  });

  it("takes back what is not answered within two seconds, and counts it once", async () => {
    green.does(() => undefined);
    await gate.set("observe", green.target);
    const reply = ask(gate.port);
    await until(async () => (await gate.client.report()).unanswered === 1);
    green.does((_request, response) => response.end("late"));
    expect(await reply).toMatchObject({ status: 200, body: "late" });
    expect((await gate.client.report()).unanswered).toBe(1);
    expect((await gate.client.report()).longestHoldMs).toBeGreaterThan(0);
  });

  it("does not blame the watched side for what the one before left unanswered", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    await gate.set("readOnly", blue.target);
    const reply = ask(gate.port);
    await until(() => kept.length === 1);
    await gate.set("observe", green.target);
    await blue.kill();
    expect(await reply).toMatchObject({ status: 200, body: "green" });
    expect((await gate.client.report()).unanswered).toBe(0);
  });

  it("hands a failure on once the release has been kept", async () => {
    green.does((_request, response) => response.writeHead(500).end("its own bug"));
    await gate.set("observe", green.target);
    const reply = ask(gate.port);
    await until(async () => (await gate.client.report()).unanswered === 1);
    await gate.set("proxy", green.target);
    expect(await reply).toMatchObject({ status: 500, body: "its own bug" });
  });
});

describe("maintenance", () => {
  it("shows the page for all, held ones too", async () => {
    await gate.set("hold", null);
    const reply = ask(gate.port);
    await held(1);
    await gate.set("maintenance");
    expect(await reply).toMatchObject({ status: 503, headers: { "x-filaops-gate": "page" } });
    expect(await ask(gate.port, { method: "HEAD" })).toMatchObject({ status: 503, body: "" });
  });
});
