import { once } from "node:events";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { exists } from "../platform/files.ts";
import { startTimeOf } from "../platform/process.ts";
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
