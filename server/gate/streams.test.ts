import type { RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, listen, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { keeping, startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

let gate: TestGate;
let blue: Upstream;
const follow = { path: "/api/events", headers: { accept: "text/event-stream" } };
const events =
  (first: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", ...headers });
    response.write(first);
  };
const streams = (count: number) => until(async () => (await gate.client.report()).inFlight.streams === count);

beforeEach(async () => {
  [gate, blue] = await Promise.all([startTestGate(), startUpstream("blue")]);
  await gate.set("proxy", blue.target);
});
afterEach(async () => {
  await gate.end();
  await blue.kill();
});

describe("an event stream of the app", () => {
  it("does not count in a drain, and is closed with a hint when to come back", async () => {
    blue.does(events("data: 1\n\n"));
    const stream = listen(gate.port, follow.path);
    await until(() => stream.got.text === "data: 1\n\n");
    await gate.set("readOnly", blue.target);
    expect(await gate.client.drain({ what: "writes", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
    expect((await gate.client.report()).inFlight).toEqual({ reads: 0, writes: 0, streams: 1 });
    await gate.set("hold", blue.target);
    expect(await gate.client.drain({ what: "all", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
    await stream.ended;
    expect(stream.got.text).toBe("data: 1\n\nretry: 1000\n\n");
    await streams(0);
  });

  it.each([
    ["half an event", "data: 1\n\ndata: ha", {}, "data: 1\n\ndata: ha"],
    ["compressed bytes", "data: 1\n\n", { "content-encoding": "gzip" }, "data: 1\n\n"],
    ["a whole event", "data: 1\r\n\r\n", {}, "data: 1\r\n\r\nretry: 1000\n\n"],
  ])("ends with the hint only where it can be understood (%s)", async (_name, first, headers, expected) => {
    blue.does(events(first, headers));
    const stream = listen(gate.port, follow.path);
    await until(() => stream.got.text === first);
    await blue.kill();
    await stream.ended;
    expect(stream.got.text).toBe(expected);
  });

  it("that has not begun waits with the reads and goes to the next target", async () => {
    const green = await startUpstream("green", events("data: green\n\n"));
    const { kept, handler } = keeping();
    blue.does(handler);
    const stream = listen(gate.port, follow.path);
    await until(() => kept.length === 1);
    await gate.set("hold", blue.target);
    await gate.client.drain({ what: "all", timeoutMs: 1000 });
    await gate.set("proxy", green.target);
    await until(() => stream.got.text === "data: green\n\n");
    // Another target: who follows the old one is told to come back.
    await gate.set("proxy", blue.target);
    await stream.ended;
    expect(stream.got.text).toBe("data: green\n\nretry: 1000\n\n");
    await green.kill();
  });

  it("counts as a read when the app answers with something else", async () => {
    const { kept, handler } = keeping();
    blue.does((request, response) => {
      handler(request, response);
      response.writeHead(200, { "content-type": "application/json" });
      response.write("{");
    });
    const reply = ask(gate.port, follow);
    await until(async () => (await gate.client.report()).inFlight.reads === 1);
    const drained = gate.client.drain({ what: "all", timeoutMs: 5000 });
    kept[0]!.response.end("}");
    expect(await drained).toEqual({ drained: true, remaining: 0 });
    expect(await reply).toMatchObject({ status: 200, body: "{}" });
  });
});

describe("draining all", () => {
  it("waits for a download that is under way, and says when it remains", async () => {
    const { kept, handler } = keeping();
    blue.does((request, response) => {
      handler(request, response);
      response.write("part");
    });
    const download = ask(gate.port);
    await until(async () => kept.length === 1 && (await gate.client.report()).inFlight.reads === 1);
    await gate.set("hold", blue.target);
    expect(await gate.client.drain({ what: "all", timeoutMs: 100 })).toEqual({ drained: false, remaining: 1 });
    kept[0]!.response.end(" and rest");
    expect(await gate.client.drain({ what: "all", timeoutMs: 5000 })).toEqual({ drained: true, remaining: 0 });
    expect((await download).body).toBe("part and rest");
  });

  it("takes back a read without an answer when its time is over, and asks it again afterwards", async () => {
    const { kept, handler } = keeping();
    blue.does(handler);
    const slow = ask(gate.port);
    await until(() => kept.length === 1);
    await gate.set("hold", blue.target);
    expect(await gate.client.drain({ what: "all", timeoutMs: 100 })).toEqual({ drained: true, remaining: 0 });
    await until(async () => (await gate.client.report()).held === 1);
    blue.does((_request, response) => response.end("again"));
    await gate.set("readOnly", blue.target);
    expect(await slow).toMatchObject({ status: 200, body: "again" });
  });
});
