import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAtomically } from "../platform/files.ts";
import { publicStatusSchema } from "../updates/contract.ts";
import { ask, listen, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";
import { status } from "./testing/status.ts";

let gate: TestGate;
const write = (changes: Parameters<typeof status>[0] = {}) => writeAtomically(gate.paths.status, JSON.stringify(status(changes)));
const current = async () =>
  publicStatusSchema.nullable().parse(JSON.parse((await ask(gate.port, { path: "/_upgrade/status" })).body));

beforeEach(async () => {
  gate = await startTestGate();
});
afterEach(() => gate.end());

describe("/_upgrade/status", () => {
  it("is null before there was a run, then what everyone may see", async () => {
    expect(await current()).toBeNull();
    await write();
    await until(async () => (await current()) !== null);
    const { headers, body } = await ask(gate.port, { path: "/_upgrade/status" });
    expect(headers).toMatchObject({ "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
    expect(body).not.toMatch(/secret|Ann/);
  });

  it("stays with the last one that could be read", async () => {
    await write({ percent: 55 });
    await until(async () => (await current())?.percent === 55);
    await writeFile(gate.paths.status, '{"v":1,"run":');
    await new Promise((done) => setTimeout(done, 100));
    expect((await current())?.percent).toBe(55);
    await rm(gate.paths.status);
    await until(async () => (await current()) === null);
  });
});

describe("/_upgrade/events", () => {
  it("tells the status at once and at every change, to all, and says when to come back", async () => {
    const streams = [listen(gate.port, "/_upgrade/events"), listen(gate.port, "/_upgrade/events")];
    await until(() => streams.every((stream) => stream.got.text === "retry: 1000\n\ndata: null\n\n"));
    expect(streams[0]!.got.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
    });
    await write({ percent: 10 });
    await until(() => streams.every((stream) => stream.got.text.includes('"percent":10')));
    await write({ percent: 11 });
    await until(() => streams.every((stream) => stream.got.text.includes('"percent":11')));
    const events = streams[0]!.got.text.split("\n\n").filter((event) => event.startsWith("data: {"));
    expect(events.map((event) => publicStatusSchema.parse(JSON.parse(event.slice(6))).percent)).toEqual([10, 11]);
    await gate.gate.close(1000);
    await Promise.all(streams.map((stream) => stream.ended));
    expect(streams[0]!.got.text).toMatch(/retry: 1000\n\n$/);
  });
});

describe("/_upgrade/", () => {
  it("is the page, whatever the mode, and runs only its own style and script", async () => {
    await write();
    await until(async () => (await current()) !== null);
    const { status: code, headers, body } = await ask(gate.port, { path: "/_upgrade/" });
    expect(code).toBe(200);
    expect(headers).toMatchObject({ "cache-control": "no-store", "x-filaops-gate": "page", "x-content-type-options": "nosniff" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toContain("unsafe");
    for (const tag of ["style", "script"]) {
      const parts = [...body.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))];
      expect(parts).toHaveLength(1);
      const sum = createHash("sha256").update(parts[0]![1]!).digest("base64");
      expect(policy).toContain(`${tag}-src 'sha256-${sum}'`);
    }
    expect(body).not.toMatch(/ style="| on\w+="|https?:\/\//);
    expect(body).toContain('<noscript><meta http-equiv="refresh" content="3"></noscript>');
  });

  it.each([
    ["POST", "/_upgrade/", 405],
    ["DELETE", "/_upgrade/status", 405],
    ["HEAD", "/_upgrade/", 200],
    ["HEAD", "/_upgrade/events", 405],
    ["GET", "/_upgrade", 200],
    ["GET", "/_upgrade/../etc/passwd", 404],
    ["GET", "/_upgrade/status.json", 404],
  ])("%s %s is answered %d", async (method, path, code) => {
    expect((await ask(gate.port, { method, path })).status).toBe(code);
  });
});
