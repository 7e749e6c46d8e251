import { mkdtemp } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingHttpHeaders, Agent } from "node:http";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../platform/clock.ts";
import { makeFolder, remove } from "../../platform/files.ts";
import { homePaths } from "../../platform/home.ts";
import { silentLog } from "../../platform/log.ts";
import { createGateClient } from "../client.ts";
import type { GateMode, GateTarget } from "../contract.ts";
import { startGate } from "../gate.ts";
import type { GateOptions } from "../gate.ts";

export const RUN = "01JD8Z0000000000000000000A";

/** A gate on a free port with a home folder of its own, and its client. */
export async function startTestGate(options: Partial<GateOptions> = {}) {
  const paths = homePaths(await mkdtemp(join(tmpdir(), "filaops-gate-")));
  for (const folder of [paths.gate, paths.shared]) await makeFolder(folder);
  const listen = { host: "127.0.0.1", port: 0 };
  const gate = await startGate({ paths, listen, proto: "http", clock: systemClock, log: silentLog, ...options });
  const client = createGateClient(paths.gateSocket, systemClock, { patienceSeconds: 2 });
  return {
    paths,
    gate,
    port: gate.port,
    client,
    set: (mode: GateMode, target: GateTarget | null = null) => client.set({ mode, target, run: RUN }),
    end: async () => {
      await gate.close(0);
      await remove(paths.home);
    },
  };
}

export type TestGate = Awaited<ReturnType<typeof startTestGate>>;

export type Reply = { status: number; headers: IncomingHttpHeaders; body: string; ms: number };
export type Ask = {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
  signal?: AbortSignal;
};

/** Asks once, on a connection of its own unless an agent is given; never repeats. Throws when the answer breaks off. */
export function ask(port: number, { method = "GET", path = "/", headers = {}, body, agent, signal }: Ask = {}): Promise<Reply> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, agent: agent ?? false, ...(signal ? { signal } : {}) };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const ms = performance.now() - startedAt;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString(), ms });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Opens a stream and gathers what comes; `ended` resolves when it ends properly, rejects when it breaks off. */
export function listen(port: number, path: string, headers: Record<string, string> = { accept: "text/event-stream" }) {
  const got = { text: "", status: 0, headers: {} as IncomingHttpHeaders };
  const sent = request({ host: "127.0.0.1", port, path, headers, agent: false });
  const ended = new Promise<void>((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", (response) => {
      got.status = response.statusCode ?? 0;
      got.headers = response.headers;
      response.on("data", (chunk: Buffer) => (got.text += chunk.toString("latin1")));
      response.on("error", reject);
      response.on("end", resolve);
    });
  });
  // Whoever wants to know of the end awaits it; nobody has to.
  ended.catch(() => undefined);
  sent.end();
  return { got, ended, stop: () => sent.destroy() };
}

/** Sends bytes as they are and gives all that comes back until the gate closes the connection. */
export function askRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(text);
    });
    socket.write(bytes, "latin1");
  });
}

/** Waits until something is so. */
export async function until(what: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`not so in time: ${what.toString()}`);
    await systemClock.sleep(5);
  }
}
