import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { makeFolder, remove } from "../platform/files.ts";
import { silentLog } from "../platform/log.ts";
import { createGateClient } from "./client.ts";
import type { GateTarget } from "./contract.ts";
import { startGate } from "./gate.ts";
import { RUN, startTestGate, until } from "./testing/harness.ts";
import type { TestGate } from "./testing/harness.ts";

const target: GateTarget = { slot: "blue", version: "1.0.0", host: "127.0.0.1", port: 1 };
let gate: TestGate;
beforeEach(async () => {
  gate = await startTestGate();
});
afterEach(() => gate.end());

const command = (method: string, path: string, body?: string) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ socketPath: gate.paths.gateSocket, method, path, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });

describe("the gate's socket", () => {
  it("is for its owner and group alone", async () => {
    expect((await stat(gate.paths.gateSocket)).mode & 0o777).toBe(0o660);
  });

  it.each([
    ["PUT", "/state", "{", "not JSON"],
    ["PUT", "/state", '{"mode":"open","target":null,"run":null}', "mode"],
    ["PUT", "/state", '{"mode":"proxy","target":{"slot":"blue","version":"1.0.0","host":"a","port":0},"run":null}', "port"],
    ["PUT", "/state", "x".repeat(100_000), "not JSON"],
    ["POST", "/drain", '{"what":"reads","timeoutMs":1}', "what"],
    ["POST", "/drain", '{"what":"all","timeoutMs":1e9}', "timeoutMs"],
    ["DELETE", "/state", "", "no command"],
  ])("refuses what it does not know (%s %s %j)", async (method, path, body, words) => {
    const { status, text } = await command(method, path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect((JSON.parse(text) as { problem: { happened: string } }).problem.happened).toContain(words);
    expect((await gate.client.report()).state.mode).toBe("maintenance");
  });
});

describe("the client", () => {
  it("sets, reports and drains", async () => {
    const report = await gate.client.set({ mode: "hold", target, run: RUN });
    expect(report).toMatchObject({ state: { mode: "hold", target, run: RUN }, held: 0, unanswered: 0, longestHoldMs: 0 });
    expect(await gate.client.report()).toEqual(report);
    expect(await gate.client.drain({ what: "all", timeoutMs: 10 })).toEqual({ drained: true, remaining: 0 });
  });

  it("says what the gate refused", async () => {
    const refused = gate.client.set({ mode: "proxy", target: null, run: null });
    await expect(refused).rejects.toMatchObject({ code: "gate-refused", message: expect.stringContaining("proxy") as string });
  });

  it("waits for a gate that is being restarted, whose new one replaces the socket file", async () => {
    await gate.client.set({ mode: "readOnly", target, run: RUN });
    await gate.gate.close(0); // its socket file stays, as a killed one's does
    const report = gate.client.report();
    const listen = { host: "127.0.0.1", port: 0 };
    const next = await startGate({ paths: gate.paths, listen, proto: "http", clock: systemClock, log: silentLog });
    expect(await report).toMatchObject({ state: { mode: "readOnly", target, run: RUN } });
    await next.close(0);
  });

  it("repeats a command whose answer got lost", async () => {
    const path = `${gate.paths.gate}/other.sock`;
    let times = 0;
    const server = createServer((asked, response) => {
      times += 1;
      if (times === 1) asked.socket.destroy();
      else response.end(JSON.stringify({ drained: true, remaining: 0 }));
    });
    server.listen(path);
    await once(server, "listening");
    expect(await createGateClient(path, systemClock).drain({ what: "all", timeoutMs: 5 })).toEqual({
      drained: true,
      remaining: 0,
    });
    expect(times).toBe(2);
    server.close();
  });

  it("gives up after its patience", async () => {
    const waited: number[] = [];
    let now = 0;
    const clock = {
      ...systemClock,
      monotonic: () => now,
      sleep: (ms: number) => {
        waited.push(ms);
        now += ms;
        return Promise.resolve();
      },
    };
    const lonely = createGateClient(`${gate.paths.gate}/nobody.sock`, clock, { patienceSeconds: 3 });
    await expect(lonely.report()).rejects.toMatchObject({ code: "service-unreachable" });
    expect(waited).toHaveLength(30);
  });
});

it("does not start on a port that is taken, and leaves the living gate's socket alone", async () => {
  const home = `${gate.paths.home}/second`;
  await makeFolder(home);
  const options = { paths: gate.paths, listen: { host: "127.0.0.1", port: gate.port }, proto: "http" as const };
  await expect(startGate({ ...options, clock: systemClock, log: silentLog })).rejects.toMatchObject({ code: "gate-port-taken" });
  await until(async () => (await gate.client.report()).held === 0);
  await remove(home);
});
