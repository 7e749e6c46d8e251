import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import { baseEnv } from "../platform/env.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import { isRunning, spawnAttached, startTimeOf } from "../platform/process.ts";
import type { Instance } from "./contract.ts";
import { slotsFileSchema } from "./contract.ts";
import { driverSuite, healthOf } from "./driver.suite.ts";
import type { NativeStage } from "./testing/native-stage.ts";
import { setNativeStage } from "./testing/native-stage.ts";

driverSuite("native", setNativeStage);

/** A process of its own that drives; it can be killed. */
function drive(verb: "start" | "run", { paths, config }: NativeStage) {
  const script = join(import.meta.dirname, "testing/driver-process.ts");
  const world = JSON.stringify({ home: paths.home, config });
  return spawnAttached(process.execPath, [script, verb, world], { env: baseEnv(), stdio: ["ignore", "pipe", "inherit"] });
}

describe("native instances", () => {
  let stage: NativeStage;
  beforeEach(async () => {
    stage = await setNativeStage();
    await stage.driver.fetch(await stage.publish("1.0.0"), {});
  });
  afterEach(() => stage.close());

  async function recorded(): Promise<Instance | undefined> {
    return (await readJson(stage.paths.slots, slotsFileSchema))?.slots.blue;
  }

  async function record(instance: Instance): Promise<void> {
    await writeAtomically(stage.paths.slots, JSON.stringify({ v: 1, slots: { blue: instance } }));
  }

  test("are told what the app needs, and nothing of our own environment", async () => {
    const { port } = await stage.driver.start("blue", "1.0.0", "filaops");
    await healthOf(stage.driver, "blue", "ready");
    const response = await fetch(`http://127.0.0.1:${port}/environment`);
    const env = (await response.json()) as Record<string, string>;
    const { paths, config } = stage;
    expect(env).toMatchObject({
      NODE_ENV: "production",
      HOSTNAME: "127.0.0.1",
      PORT: String(config.slots.blue),
      NEXTAUTH_URL: "http://farm.example",
      NEXTAUTH_SECRET: "authSecret:/@%?",
      FILAOPS_DATABASE_URL: `postgresql://filaops_app:appPassword%3A%2F%40%25%3F@127.0.0.1:${config.postgres.port}/filaops`,
      FILAOPS_UPDATER_SOCKET: paths.updaterSocket,
      FILAOPS_WEB_TOKEN: "webToken:/@%?",
      FILAOPS_STATUS_FILE: paths.status,
      FILAOPS_STATE_FILE: paths.state,
      FILAOPS_RELEASE_INFO: join(paths.release("1.0.0"), "release-info.json"),
    });
    expect(Object.keys(env).filter((name) => /VITEST|OWNER/.test(name))).toEqual([]);
  });

  test("outlive whoever started them", async () => {
    const starter = drive("start", stage);
    await once(starter, "exit");
    expect(starter.signalCode).toBe("SIGKILL");
    await healthOf(stage.driver, "blue", "ready");
  });

  // A starter that is killed between spawning and writing down leaves an instance that keeps the port and of which nobody knows.
  test.each(["start", "stop"] as const)("that nobody came to write down are found by the next %s", async (verb) => {
    const orphan = await stage.driver.start("blue", "1.0.0", "filaops");
    await healthOf(stage.driver, "blue", "ready");
    await rm(stage.paths.slots);
    expect(await stage.driver.health("blue")).toEqual({ kind: "stopped" });
    if (verb === "stop") await stage.driver.stop("blue");
    else await stage.driver.start("blue", "1.0.0", "filaops");
    expect(isRunning(orphan)).toBe(false);
    if (verb === "start") await healthOf(stage.driver, "blue", "ready");
  });

  test("of another home are nobody's here", async () => {
    const other = await setNativeStage();
    try {
      await other.driver.fetch(await other.publish("1.0.0"), {});
      const instance = await other.driver.start("blue", "1.0.0", "filaops");
      await stage.driver.stop("blue");
      await stage.driver.start("blue", "1.0.0", "filaops");
      expect(isRunning(instance)).toBe(true);
    } finally {
      await other.close();
    }
  });

  // After a reboot the recorded pid may belong to anybody, in the worst case with the same start time, which counts from boot.
  test.each([
    ["with another start time", () => "1"],
    ["with the same start time", (pid: number) => startTimeOf(pid) ?? ""],
  ])("are not mistaken for a process that has their pid %s", async (_what, startTime) => {
    const bystander = spawnAttached("sleep", ["1000"], { env: baseEnv() });
    const pid = bystander.pid ?? 0;
    try {
      await stage.driver.start("blue", "1.0.0", "filaops");
      await stage.kill("blue");
      await record({ ...(await recorded())!, pid, startTime: startTime(pid) });
      expect(await stage.driver.health("blue")).toEqual({ kind: "stopped" });
      await stage.driver.start("blue", "1.0.0", "filaops");
      await healthOf(stage.driver, "blue", "ready");
      await stage.driver.stop("blue");
      expect(bystander.exitCode).toBeNull();
      expect(startTimeOf(pid)).not.toBeNull();
    } finally {
      bystander.kill("SIGKILL");
      await once(bystander, "exit");
    }
  });

  test("that do not listen to SIGTERM are killed, and gone when stop returns", async () => {
    await stage.driver.fetch(await stage.publish("1.1.0", { app: "ignores-sigterm" }), {});
    const instance = await stage.driver.start("blue", "1.1.0", "filaops");
    await healthOf(stage.driver, "blue", "ready");
    await stage.driver.stop("blue");
    expect(isRunning(instance)).toBe(false);
  });

  test.each(["other-version", "not-json"] as const)("that answer with %s are not ready", async (app) => {
    await stage.driver.fetch(await stage.publish("1.1.0", { app }), {});
    await stage.driver.start("blue", "1.1.0", "filaops");
    await healthOf(stage.driver, "blue", "not-ready");
  });

  test("are stopped when somebody else answers at their port", async () => {
    const stranger = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => stranger.listen(stage.config.slots.blue, "127.0.0.1", resolve));
    try {
      await stage.driver.start("blue", "1.0.0", "filaops");
      await healthOf(stage.driver, "blue", "stopped");
    } finally {
      await new Promise((resolve) => {
        stranger.close(resolve);
        stranger.closeAllConnections();
      });
    }
  });

  test("are silent while they hang", async () => {
    const instance = await stage.driver.start("blue", "1.0.0", "filaops");
    await healthOf(stage.driver, "blue", "ready");
    process.kill(instance.pid, "SIGSTOP");
    expect((await stage.driver.health("blue")).kind).toBe("silent");
    process.kill(instance.pid, "SIGCONT");
    await healthOf(stage.driver, "blue", "ready");
  });

  test("write their output to the slot's log, which does not grow without end", async () => {
    await stage.driver.fetch(await stage.publish("1.1.0", { app: "dies" }), {});
    const log = join(stage.paths.logs, "web-blue.log");
    await stage.driver.start("blue", "1.1.0", "filaops");
    await healthOf(stage.driver, "blue", "stopped");
    expect(await readFile(log, "utf8")).toContain("made to die");
    await writeFile(log, "x".repeat(10 * 1024 * 1024 + 1));
    await stage.driver.start("blue", "1.0.0", "filaops");
    expect((await readFile(`${log}.1`)).length).toBe(10 * 1024 * 1024 + 1);
    expect((await readFile(log)).length).toBeLessThan(1000);
  });
});

describe("a native command", () => {
  let stage: NativeStage;
  beforeEach(async () => {
    stage = await setNativeStage();
  });
  afterEach(() => stage.close());

  async function told(version: string): Promise<{ pid: number; env: Record<string, string> }> {
    return JSON.parse(await readFile(join(stage.paths.release(version), "migrate.json"), "utf8")) as never;
  }

  test("is told the owner's way to the database, and not the app's secrets", async () => {
    await stage.driver.fetch(await stage.publish("1.0.0"), {});
    await stage.driver.runOnce("1.0.0", "migrate", { database: "filaops_green", applicationName: "filaops-run-01J" });
    const { env } = await told("1.0.0");
    expect(env).toMatchObject({
      FILAOPS_OWNER_DATABASE_URL: `postgresql://filaops_owner:ownerPassword%3A%2F%40%25%3F@127.0.0.1:${stage.config.postgres.port}/filaops_green`,
      FILAOPS_APPLICATION_NAME: "filaops-run-01J",
    });
    expect(env).not.toHaveProperty("NEXTAUTH_SECRET");
  });

  test("that crashes without words fails with its output, and without the password", async () => {
    await stage.driver.fetch(await stage.publish("1.0.0", { migrate: "crashes" }), {});
    const running = stage.driver.runOnce("1.0.0", "migrate", { database: "filaops_green", applicationName: "a" });
    await expect(running).rejects.toMatchObject({
      code: "program-failed",
      message: expect.stringContaining("made to crash") as string,
    });
  });

  test("does not outlive who runs it, even when that one is killed", async () => {
    await stage.driver.fetch(await stage.publish("1.0.0", { migrate: "hangs" }), {});
    const runner = drive("run", stage);
    try {
      await once(runner.stdout!, "data");
      const { pid } = await told("1.0.0");
      const startTime = startTimeOf(pid);
      expect(startTime).not.toBeNull();
      runner.kill("SIGKILL");
      await once(runner, "exit");
      const deadline = Date.now() + 5000;
      while (startTimeOf(pid) === startTime && Date.now() < deadline) await systemClock.sleep(10);
      expect(startTimeOf(pid)).not.toBe(startTime);
    } finally {
      runner.kill("SIGKILL");
    }
  });
});
