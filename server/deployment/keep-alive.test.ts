import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { healthOf } from "./driver.suite.ts";
import { keepAlive } from "./keep-alive.ts";
import type { NativeStage } from "./testing/native-stage.ts";
import { setNativeStage } from "./testing/native-stage.ts";

const wanted = { slot: "blue", version: "1.0.0", database: "filaops" } as const;

let stage: NativeStage;
beforeAll(async () => {
  stage = await setNativeStage();
  await stage.driver.fetch(await stage.publish("1.0.0"), {});
  await stage.driver.fetch(await stage.publish("1.1.0", { app: "unhealthy" }), {});
});
afterEach(() => stage.driver.stop("blue"));
afterAll(() => stage.close());

test("what is not there is started", async () => {
  expect(await keepAlive(stage.driver, wanted)).toBe("restarted");
  await healthOf(stage.driver, "blue", "ready");
});

test("what lives is left alone", async () => {
  const instance = await stage.driver.start("blue", "1.0.0", "filaops");
  expect(await keepAlive(stage.driver, wanted)).toBe("alive");
  expect(await stage.driver.inspect()).toEqual({ blue: instance });
});

test("what lives but is not well is left alone", async () => {
  const instance = await stage.driver.start("blue", "1.1.0", "filaops");
  await healthOf(stage.driver, "blue", "not-ready");
  expect(await keepAlive(stage.driver, { ...wanted, version: "1.1.0" })).toBe("alive");
  expect(await stage.driver.inspect()).toEqual({ blue: instance });
});

test("what died is started again", async () => {
  await stage.driver.start("blue", "1.0.0", "filaops");
  await stage.kill("blue");
  await healthOf(stage.driver, "blue", "stopped");
  expect(await keepAlive(stage.driver, wanted)).toBe("restarted");
  await healthOf(stage.driver, "blue", "ready");
});

test("what is another is replaced", async () => {
  await stage.driver.start("blue", "1.1.0", "filaops");
  expect(await keepAlive(stage.driver, wanted)).toBe("restarted");
  expect(await stage.driver.inspect()).toMatchObject({ blue: { version: "1.0.0" } });
});
