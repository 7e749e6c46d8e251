import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { exists } from "../platform/files.ts";
import { silentLog } from "../platform/log.ts";
import { startTimeOf } from "../platform/process.ts";
import { untilReady } from "./launcher.ts";
import type { Launcher, LauncherStage } from "./testing/launcher-stage.ts";
import { setLauncherStage } from "./testing/launcher-stage.ts";

let stage: LauncherStage;
beforeAll(async () => {
  stage = await setLauncherStage();
});
afterEach(() => stage.end());
afterAll(() => stage.close());

/** Waits until there is another pid than this under the name. */
async function another(name: Parameters<LauncherStage["pid"]>[0], than: number): Promise<void> {
  const begun = Date.now();
  for (;;) {
    const pid = await stage.pid(name);
    if (pid !== 0 && pid !== than) return;
    if (Date.now() - begun > 30_000) throw new Error(`${name} did not come back`);
    await systemClock.sleep(10);
  }
}

async function end({ child }: Launcher, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

test("says in one line when people can work, and by then all runs", async () => {
  const { line } = stage.start();
  expect(await line).toEqual({ ready: true, url: stage.config.publicUrl });
  for (const name of ["gate", "updater", "postgres", "instance", "runner"] as const) expect(await stage.pid(name)).not.toBe(0);
});

test("what is killed comes back, each time", async () => {
  const { line } = stage.start();
  await line;
  for (const name of ["gate", "updater", "postgres", "gate"] as const) {
    const pid = await stage.pid(name);
    process.kill(pid, "SIGKILL");
    await another(name, pid);
  }
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("after %s nothing is left that it started", async (signal) => {
  const launcher = stage.start();
  await launcher.line;
  const pids = await stage.living();
  expect(pids).toHaveLength(5);
  await end(launcher, signal);
  expect(launcher.child.exitCode).toBe(0);
  expect(pids.map(startTimeOf)).toEqual(pids.map(() => null));
  expect(await stage.living()).toEqual([]);
});

test("a signal in the middle of the start leaves nothing either", async () => {
  const launcher = stage.start();
  while (!(await exists(stage.paths.launcher))) await systemClock.sleep(5);
  await end(launcher, "SIGINT");
  expect(await stage.living()).toEqual([]);
});

test("the next one takes over what a killed one left: PostgreSQL goes on, gate and updater are replaced", async () => {
  const first = stage.start();
  await first.line;
  const before = { postgres: await stage.pid("postgres"), gate: await stage.pid("gate"), instance: await stage.pid("instance") };
  await end(first, "SIGKILL");
  expect(await stage.pid("gate")).toBe(before.gate);
  const second = stage.start();
  expect(await second.line).toMatchObject({ ready: true });
  await another("gate", before.gate);
  expect(await stage.pid("postgres")).toBe(before.postgres);
  expect(await stage.pid("instance")).toBe(before.instance);
  expect(await stage.living()).toHaveLength(5);
  process.kill(before.postgres, "SIGKILL");
  await another("postgres", before.postgres);
  await end(second, "SIGTERM");
  expect(await stage.living()).toEqual([]);
});

test("a second one for the same home says so and leaves the first alone", async () => {
  const first = stage.start();
  await first.line;
  const second = stage.start();
  expect(await second.line).toMatchObject({ ready: false, problem: { code: "already-running" } });
  expect(await stage.living()).toHaveLength(5);
  expect(first.child.exitCode).toBeNull();
});

test("a stranger on the public port: it says so at once, and leaves nothing behind", async () => {
  const stranger = createServer().listen(stage.config.gate.port, "127.0.0.1");
  await once(stranger, "listening");
  const { child, line } = stage.start();
  expect(await line).toMatchObject({ ready: false, problem: { code: "gate-port-taken" } });
  if (child.exitCode === null) await once(child, "exit");
  expect(await stage.living()).toEqual([]);
  await once(stranger.close(), "close");
  expect(await stage.start().line).toMatchObject({ ready: true });
});

// Whoever waited for the line waited for ever, or was told that FilaOps was ready when a stranger's program answered 200 on its port. Only the
// answer was looked at, not whose it was, and there was no deadline.
test("waiting has an end, and an answer on the public port counts only when the gate is up", async () => {
  for (const socket of [stage.paths.updaterSocket, stage.paths.gateSocket]) await rm(socket, { force: true });
  const stranger = createHttpServer((_, response) => response.end("{}")).listen(stage.config.gate.port, "127.0.0.1");
  const updater = createServer().listen(stage.paths.updaterSocket);
  await Promise.all([once(stranger, "listening"), once(updater, "listening")]);
  const world = { paths: stage.paths, config: stage.config, clock: systemClock, log: silentLog };
  const waiting = () => untilReady(world, { signal: new AbortController().signal, withinMs: 200 });
  await expect(waiting()).rejects.toThrow("The gate does not answer: it did not come up");
  const gate = createServer().listen(stage.paths.gateSocket);
  await once(gate, "listening");
  await waiting();
  stranger.closeAllConnections();
  await Promise.all([stranger, updater, gate].map((server) => once(server.close(), "close")));
});
