import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../platform/clock.ts";
import type { Release } from "../releases/contract.ts";
import type { Health, SlotName } from "./contract.ts";
import type { Driver } from "./driver.ts";
import type { Behaviour } from "./testing/fake-release.ts";

/** What the suite needs of an implementation besides the driver itself. */
export type DriverStage = {
  driver: Driver;
  /** Makes a release that behaves so and puts it where `fetch` finds it. */
  publish: (version: string, behaviour?: Behaviour) => Promise<Release>;
  /** The instance in the slot dies by itself. */
  kill: (slot: SlotName) => Promise<void>;
  close: () => Promise<void>;
};

/** Waits until the instance's health is of this kind. */
export async function healthOf(driver: Driver, slot: SlotName, kind: Health["kind"]): Promise<Health> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const health = await driver.health(slot);
    if (health.kind === kind) return health;
    if (Date.now() > deadline) throw new Error(`expected ${kind}, found ${JSON.stringify(health)}`);
    await systemClock.sleep(20);
  }
}

/** What the updates engine relies on, whoever runs the instances. */
export function driverSuite(name: string, setUp: () => Promise<DriverStage>): void {
  describe(`the ${name} driver`, () => {
    let stage: DriverStage;
    let driver: Driver;
    let first: Release;
    beforeAll(async () => {
      stage = await setUp();
      driver = stage.driver;
      first = await stage.publish("1.0.0");
      await driver.fetch(first, {});
      await driver.fetch(await stage.publish("1.1.0"), {});
    });
    afterEach(async () => {
      await driver.stop("blue");
      await driver.stop("green");
      await driver.stop("trial");
    });
    afterAll(() => stage.close());

    describe("artifacts", () => {
      test("a release is here when it was fetched, and told how many bytes came", async () => {
        const release = await stage.publish("1.2.0");
        expect(await driver.has("1.2.0")).toBe(false);
        const told: [done: number, total: number | null][] = [];
        await driver.fetch(release, { onBytes: (...now) => told.push(now) });
        const [done = 0, total = null] = told.at(-1) ?? [];
        expect(done).toBeGreaterThan(0);
        expect(total ?? done).toBe(done);
        expect(await driver.has("1.2.0")).toBe(true);
        expect(await driver.bytes("1.2.0")).toBeGreaterThan(0);
        expect(await driver.bytes("1.9.0")).toBe(0);
      });

      test("what is here is not fetched again", async () => {
        let asked = false;
        await driver.fetch(first, { onBytes: () => (asked = true) });
        expect(asked).toBe(false);
      });

      test("an aborted fetch leaves nothing", async () => {
        const release = await stage.publish("1.3.0");
        const cause = new Error("cancelled");
        await expect(driver.fetch(release, { signal: AbortSignal.abort(cause) })).rejects.toBe(cause);
        expect(await driver.has("1.3.0")).toBe(false);
      });

      test("a release that is here is not fetched again when it was here before, and is held until it is removed", async () => {
        await driver.answersAgain("1.0.0");
        await driver.fetchAgain("1.0.0", { onBytes: () => expect.unreachable() });
        await driver.fetch(await stage.publish("1.5.0"), {});
        await driver.keep("1.5.0");
        await driver.keep("1.5.0");
        await driver.remove("1.5.0");
        expect(await driver.has("1.5.0")).toBe(false);
        await driver.keep("1.5.0");
        await expect(driver.fetchAgain("1.5.0", {})).rejects.toMatchObject({ name: "AppError" });
      });

      test("a release that runs is not removed, one that does not is, twice if asked", async () => {
        await driver.fetch(await stage.publish("1.4.0"), {});
        await driver.start("green", "1.4.0", "filaops");
        await expect(driver.remove("1.4.0")).rejects.toMatchObject({ code: "release-in-use" });
        await driver.stop("green");
        await driver.remove("1.4.0");
        await driver.remove("1.4.0");
        expect(await driver.has("1.4.0")).toBe(false);
      });
    });

    describe("instances", () => {
      beforeEach(async () => {
        expect(await driver.inspect()).toEqual({});
      });

      test("one that was started becomes ready, is seen in its slot, and is gone when stopped", async () => {
        const instance = await driver.start("blue", "1.0.0", "filaops");
        expect(instance).toMatchObject({ slot: "blue", version: "1.0.0", database: "filaops", parked: false });
        expect(await driver.inspect()).toEqual({ blue: instance });
        expect(await healthOf(driver, "blue", "ready")).toMatchObject({ answer: { version: "1.0.0" } });
        await driver.stop("blue");
        expect(await driver.inspect()).toEqual({});
        expect(await driver.health("blue")).toEqual({ kind: "stopped" });
      });

      test("starting what runs already changes nothing, stopping what does not run neither", async () => {
        const first = await driver.start("blue", "1.0.0", "filaops");
        expect(await driver.start("blue", "1.0.0", "filaops")).toEqual(first);
        await driver.stop("blue");
        await driver.stop("blue");
      });

      test.each([
        ["another version", "1.1.0", "filaops"],
        ["another database", "1.0.0", "filaops_other"],
      ])("%s in the same slot replaces what ran there", async (_what, version, database) => {
        await driver.start("blue", "1.0.0", "filaops");
        await healthOf(driver, "blue", "ready");
        const next = await driver.start("blue", version, database);
        expect(await driver.inspect()).toEqual({ blue: next });
        expect(await healthOf(driver, "blue", "ready")).toMatchObject({ answer: { version } });
      });

      test("both slots are independent of each other", async () => {
        const blue = await driver.start("blue", "1.0.0", "filaops");
        const green = await driver.start("green", "1.1.0", "filaops_green");
        await healthOf(driver, "blue", "ready");
        await healthOf(driver, "green", "ready");
        expect(`${blue.host}:${blue.port}`).not.toBe(`${green.host}:${green.port}`);
        await driver.stop("green");
        expect(await driver.inspect()).toEqual({ blue });
        expect((await driver.health("blue")).kind).toBe("ready");
      });

      test("a parked one stays ready, and is unparked when it is started again", async () => {
        const instance = await driver.start("blue", "1.0.0", "filaops");
        await healthOf(driver, "blue", "ready");
        await driver.park("blue");
        await driver.park("blue");
        expect(await driver.inspect()).toEqual({ blue: { ...instance, parked: true } });
        expect((await driver.health("blue")).kind).toBe("ready");
        expect(await driver.start("blue", "1.0.0", "filaops")).toEqual(instance);
        await driver.park("green");
        expect(await driver.inspect()).toEqual({ blue: instance });
      });

      test("one that died is seen as stopped, stays on record, and can be started again", async () => {
        const { pid, startTime } = await driver.start("blue", "1.0.0", "filaops");
        await healthOf(driver, "blue", "ready");
        await stage.kill("blue");
        await healthOf(driver, "blue", "stopped");
        expect(await driver.inspect()).toMatchObject({ blue: { version: "1.0.0" } });
        await expect(driver.remove("1.0.0")).rejects.toMatchObject({ code: "release-in-use" });
        const next = await driver.start("blue", "1.0.0", "filaops");
        expect(next.pid).not.toBe(pid);
        expect(next.startTime).not.toBe(startTime);
        await healthOf(driver, "blue", "ready");
      });

      test("a release that is not here is not started, and what runs goes on", async () => {
        const instance = await driver.start("blue", "1.0.0", "filaops");
        await expect(driver.start("blue", "7.0.0", "filaops")).rejects.toMatchObject({ code: "release-missing" });
        expect(await driver.inspect()).toEqual({ blue: instance });
      });

      test("a release that dies at boot is stopped", async () => {
        await driver.fetch(await stage.publish("2.0.0", { app: "dies" }), {});
        await driver.start("green", "2.0.0", "filaops");
        await healthOf(driver, "green", "stopped");
      });

      test("a release that is not ready says so, with its answer", async () => {
        await driver.fetch(await stage.publish("2.1.0", { app: "unhealthy" }), {});
        await driver.start("green", "2.1.0", "filaops");
        const health = await healthOf(driver, "green", "not-ready");
        expect(health).toMatchObject({ answer: { reason: "database-unreachable" }, reason: "database-unreachable" });
      });
    });

    describe("commands", () => {
      const options = { database: "filaops_green", applicationName: "filaops-run-01J" };

      test("run to their end, and every line is handed on", async () => {
        const lines: string[] = [];
        await driver.runOnce("1.0.0", "migrate", { ...options, onLine: (line) => lines.push(line) });
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
          { migration: "1_first", index: 1, of: 2 },
          { migration: "2_second", index: 2, of: 2 },
        ]);
      });

      test("a failure comes with the words of the command", async () => {
        await driver.fetch(await stage.publish("2.2.0", { migrate: "fails" }), {});
        const failing = driver.runOnce("2.2.0", "migrate", options);
        await expect(failing).rejects.toMatchObject({
          problem: { code: "migration-made-up", happened: "column does not exist" },
        });
      });

      test("an abort ends it", async () => {
        await driver.fetch(await stage.publish("2.3.0", { migrate: "hangs" }), {});
        const controller = new AbortController();
        const cause = new Error("cancelled");
        const hanging = driver.runOnce("2.3.0", "migrate", {
          ...options,
          onLine: () => {
            controller.abort(cause);
          },
          signal: controller.signal,
        });
        await expect(hanging).rejects.toBe(cause);
      });

      test("a release that is not here runs nothing", async () => {
        const running = driver.runOnce("7.0.0", "migrate", options);
        await expect(running).rejects.toMatchObject({ code: "release-missing" });
      });
    });
  });
}
