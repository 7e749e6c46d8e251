import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGateClient } from "../server/gate/client.ts";
import { ask, listen, until } from "../server/gate/testing/harness.ts";
import { keeping, startUpstream } from "../server/gate/testing/upstream.ts";
import type { Upstream } from "../server/gate/testing/upstream.ts";
import { systemClock } from "../server/platform/clock.ts";
import { isErrno, remove } from "../server/platform/files.ts";
import { homePaths } from "../server/platform/home.ts";
import type { BoundPort } from "../server/platform/listener.ts";
import { LISTENER, LISTENER_FD, bindPort } from "../server/platform/listener.ts";
import { spawnAttached } from "../server/platform/process.ts";

const SCRIPT = join(import.meta.dirname, "gate.ts");
type ChildProcess = ReturnType<typeof spawnAttached>;
let home: string;
let port: number;
let blue: Upstream;
let running: ChildProcess[];

const client = () => createGateClient(homePaths(home).gateSocket, systemClock);
const start = (given: BoundPort | null = null) => {
  const env = { FILAOPS_HOME: home, ...(given === null ? {} : { [LISTENER]: String(LISTENER_FD) }) };
  const stdio = ["ignore", "pipe", "inherit", ...(given === null ? [] : [given.fd])] as const;
  const child = spawnAttached(process.execPath, [SCRIPT], { env, stdio: [...stdio] });
  running.push(child);
  return child;
};
const gone = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, "exit");

const isRefused = (error: unknown) => isErrno(error, "ECONNREFUSED");

beforeEach(async () => {
  running = [];
  home = await mkdtemp(join(tmpdir(), "filaops-gate-"));
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  port = (free.address() as AddressInfo).port;
  free.close();
  const config = {
    v: 1,
    publicUrl: "https://farm.example",
    gate: { host: "127.0.0.1", port },
    postgres: { host: "127.0.0.1", port: 1, database: "filaops", binaries: "/" },
    releases: {},
    driver: "native",
    slots: { blue: 1, green: 2 },
  };
  await writeFile(homePaths(home).config, JSON.stringify(config));
  blue = await startUpstream("blue");
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(running.map(gone));
  await blue.kill();
  await remove(home);
});

describe("the gate's process", () => {
  it("goes on with its state after it was killed, whatever it was", async () => {
    const first = start();
    await client().set({ mode: "readOnly", target: blue.target, run: null });
    expect(await ask(port)).toMatchObject({ status: 200, body: "blue" });
    expect(blue.seen[0]?.headers["x-forwarded-proto"]).toBe("https");
    first.kill("SIGKILL");
    await gone(first);
    start();
    expect((await client().report()).state).toMatchObject({ mode: "readOnly", target: blue.target });
    expect(await ask(port)).toMatchObject({ status: 200, body: "blue" });
    expect(await ask(port, { method: "POST" })).toMatchObject({ status: 503 });
  });

  it("ends on SIGTERM: open requests end, streams are told to come back", async () => {
    const child = start();
    await client().set({ mode: "proxy", target: blue.target, run: null });
    const { kept, handler } = keeping();
    blue.does(handler);
    const slow = ask(port);
    await until(() => kept.length === 1);
    blue.does((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
    });
    const [theirs, ours] = [listen(port, "/api/events"), listen(port, "/_upgrade/events")];
    await until(() => theirs.got.text === "data: 1\n\n" && ours.got.text.includes("null"));
    child.kill("SIGTERM");
    await Promise.all([theirs.ended, ours.ended]);
    expect(theirs.got.text + ours.got.text).toMatch(/^data: 1\n\nretry: 1000\n\n.*retry: 1000\n\n$/s);
    await until(() => ask(port).then(() => false, isRefused));
    kept[0]!.response.end("done");
    expect(await slow).toMatchObject({ status: 200, body: "done" });
    await gone(child);
    expect(child.exitCode).toBe(0);
  });

  it("ends on SIGUSR2 when another has taken over at the same port, and nobody's connection is cut", async () => {
    const given = await bindPort({ host: "127.0.0.1", port });
    if (given === null) throw new Error("the port was not bound");
    const older = start(given);
    await client().set({ mode: "proxy", target: blue.target, run: null });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(port, { agent })).headers.connection).toBe("keep-alive");
    const { kept, handler } = keeping();
    blue.does(handler);
    const slow = ask(port, { path: "/slow" });
    await until(() => kept.length === 1);
    blue.does((_request, response) => response.end("blue"));

    const newer = start(given);
    newer.stdout?.resume();
    const { promise: listens, resolve } = Promise.withResolvers<undefined>();
    newer.stdout?.on("data", () => {
      resolve(undefined);
    });
    // Node closes a connection that was idle for five seconds, and on a busy computer the newer gate takes longer to start.
    const inUse = setInterval(() => void ask(port, { agent }).catch(() => undefined), 500);
    await listens;
    clearInterval(inUse);
    older.kill("SIGUSR2");
    await until(() => ask(port, { agent }).then(({ headers }) => headers.connection === "close"));
    expect(await ask(port, { agent })).toMatchObject({ status: 200, headers: { connection: "keep-alive" } });
    expect(older.exitCode).toBeNull();
    kept[0]!.response.end("done");
    expect(await slow).toMatchObject({ status: 200, body: "done" });
    await gone(older);
    expect(older.exitCode).toBe(0);
    expect(await client().report()).toMatchObject({ state: { mode: "proxy" } });
    expect(await ask(port)).toMatchObject({ status: 200, body: "blue" });
    agent.destroy();
    given.close();
  });

  it.each([
    ["a configuration that makes no sense", "file-unreadable", () => spoil('"native"', '"none"')],
    ["a port that is taken", "gate-port-taken", () => spoil(String(port), String(blue.target.port))],
  ])("says why it does not start, and ends: %s", async (_name, code, act) => {
    await act();
    const child = start();
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(child, "close");
    expect(child.exitCode).toBe(1);
    expect(said).toContain(code);
  });
});

async function spoil(from: string, to: string): Promise<void> {
  const path = homePaths(home).config;
  await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
}
