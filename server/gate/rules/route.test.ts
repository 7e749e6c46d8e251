import { expect, it } from "vitest";
import { gateModeSchema } from "../contract.ts";
import type { GateMode, GateTarget } from "../contract.ts";
import { backOffMs, judgeAnswer, needsTarget, route } from "./route.ts";

const target: GateTarget = { slot: "blue", version: "1.0.0", host: "127.0.0.1", port: 3001 };
const app = { to: "app", target };

it.each([
  ["proxy", app, app],
  ["readOnly", app, { to: "refuse" }],
  ["observe", app, { to: "refuse" }],
  ["hold", { to: "wait" }, { to: "refuse" }],
  ["maintenance", { to: "page" }, { to: "refuse" }],
] as const)("%s sends reads and writes where they belong", (mode, read, write) => {
  expect(route("read", { mode, target })).toEqual(read);
  expect(route("stream", { mode, target })).toEqual(read);
  expect(route("write", { mode, target })).toEqual(write);
});

it("lets reads wait where there is no target, and never sends a write anywhere but to one", () => {
  expect(route("read", { mode: "hold", target: null })).toEqual({ to: "wait" });
  for (const mode of gateModeSchema.options) expect(route("write", { mode, target: null }).to).not.toBe("app");
});

it("knows which modes cannot be without a target", () => {
  expect(gateModeSchema.options.filter(needsTarget)).toEqual(["proxy", "readOnly", "observe"]);
});

const judged = (mode: GateMode, status: number, changed = false, notReady = false) =>
  judgeAnswer({ status, notReady, mode, changed });

it.each([200, 204, 302, 304, 400, 404, 429])("hands on %d in every mode", (status) => {
  for (const mode of gateModeSchema.options) expect(judged(mode, status, true)).toBe("pass");
});

it.each([
  ["proxy", "pass"],
  ["readOnly", "pass"],
  ["hold", "again"],
  ["observe", "again"],
  ["maintenance", "again"],
] as const)("a 500 in %s: %s; across a change of state: again; not ready: again", (mode, verdict) => {
  expect(judged(mode, 500)).toBe(verdict);
  expect(judged(mode, 503)).toBe(verdict);
  expect(judged(mode, 500, true)).toBe("again");
  expect(judged(mode, 503, false, true)).toBe("again");
});

it("waits longer between tries, up to a quarter of a second", () => {
  expect([0, 1, 2, 3, 4, 100].map(backOffMs)).toEqual([50, 50, 100, 200, 250, 250]);
});
