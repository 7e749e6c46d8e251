import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { ask, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { keeping, startUpstream } from "./testing/upstream.ts";
import type { Upstream } from "./testing/upstream.ts";

const BEGAN = Date.UTC(2026, 10, 27, 2);
const save = { method: "POST", path: "/api/trpc/orders.create", body: '{"a":1}' };

let minute: number;
let gate: TestGate;
let blue: Upstream;

beforeEach(async () => {
  minute = 0;
  const clock = { ...systemClock, now: () => new Date(BEGAN + minute * 60_000) };
  [gate, blue] = await Promise.all([startTestGate({ clock }), startUpstream("blue")]);
  await gate.set("proxy", blue.target);
});
afterEach(async () => {
  await gate.end();
  await blue.kill();
});

/** The minute of the last write, by the gate's report. */
async function lastWrite(): Promise<number> {
  return (Date.parse((await gate.client.report()).lastWriteAt ?? "") - BEGAN) / 60_000;
}

it("is when the gate began until there is one: what was before is not known", async () => {
  minute = 7;
  expect(await lastWrite()).toBe(0);
});

it("is when a save went through to the app, whatever came of it, and the moment itself while it is under way", async () => {
  const { kept, handler } = keeping();
  blue.does(handler);
  minute = 10;
  const slow = ask(gate.port, save);
  await until(() => kept.length === 1);
  minute = 20;
  expect(await lastWrite()).toBe(20);
  kept[0]!.response.writeHead(500).end();
  expect(await slow).toMatchObject({ status: 500 });
  minute = 30;
  expect(await lastWrite()).toBe(20);
});

it("is not moved by reading, signing in, cancelling an update, or a save that is refused", async () => {
  minute = 10;
  for (const path of ["/api/auth/callback/credentials", "/api/trpc/updates.cancel"]) await ask(gate.port, { ...save, path });
  await ask(gate.port, { path: "/orders" });
  await gate.set("readOnly", blue.target);
  expect(await ask(gate.port, save)).toMatchObject({ status: 503 });
  expect(await lastWrite()).toBe(0);
});
