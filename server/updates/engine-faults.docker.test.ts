import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { readImage } from "../deployment/docker/images.ts";
import type { DockerStage } from "../deployment/docker/testing/docker-stage.ts";
import { setDockerStage } from "../deployment/docker/testing/docker-stage.ts";
import { docker } from "../deployment/docker/testing/engine.ts";
import { healthOf } from "../deployment/driver.suite.ts";
import type { Behaviour } from "../deployment/testing/fake-release.ts";
import { systemClock } from "../platform/clock.ts";
import { kept } from "./checks/kept.ts";
import type { Plan } from "./contract.ts";
import type { StepContext } from "./step.ts";
import { observe } from "./steps/observe.ts";
import { waitForReady } from "./steps/wait-for-ready.ts";
import { createMemoryWorld } from "./testing/memory-world.ts";
import { testPlan, testUndoPlan } from "./testing/plans.ts";

/** What an update sees of containers that do not behave, on a real engine that starts them again as compose.yaml has it. */

let stage: DockerStage;
beforeAll(async () => {
  stage = await setDockerStage(inject("docker"));
  await writeFile(join(stage.folder, ".env"), "RESTART=unless-stopped\nMEMORY=128m\n");
  await stage.driver.fetch(await stage.publish("1.0.0"), {});
});
afterEach(() => stage.driver.stop("green"));
afterAll(() => stage.close());

/** A step's view of green, which is this release; all but the driver and the clock is in memory. */
function contextOf(version: string, observeMs: number): StepContext {
  const { world } = createMemoryWorld();
  const config = { ...world.config, observeMs };
  const plan: Plan = { ...testPlan, to: version, schemaHead: "1_first" };
  return {
    ...{ plan, run: plan.id, facts: () => ({}), record: () => Promise.resolve(), warn: () => Promise.resolve() },
    ...{ progress: () => undefined, signal: new AbortController().signal },
    world: { ...world, config, driver: stage.driver, clock: systemClock },
  };
}

async function begin(version: string, app: NonNullable<Behaviour["app"]>, observeMs = 2500): Promise<StepContext> {
  await stage.driver.fetch(await stage.publish(version, { app }), {});
  await stage.driver.start("green", version, "filaops");
  return contextOf(version, observeMs);
}

const state = async (field: string) =>
  (await docker(["inspect", "--format", `{{${field}}}`, `${stage.project.name}-web-green-1`])).trim();

/** What the engine told of green until now. */
const events = (event: string) => {
  const mine = ["--filter", `container=${stage.project.name}-web-green-1`, "--filter", `event=${event}`];
  return docker(["events", "--since", "5m", "--until", "0s", ...mine]);
};

test("a release that stays well is believed", async () => {
  const context = await begin("2.0.0", "healthy");
  await waitForReady(context, { slot: "green", version: "2.0.0", withinMs: 20_000 });
  expect(await observe.run(context)).toBeUndefined();
});

describe("a release is not believed that is healthy at first and then", () => {
  test.each<[what: string, version: string, app: NonNullable<Behaviour["app"]>]>([
    ["ends, and is started again by Docker, and again", "2.1.0", "falls-over"],
    ["takes memory until the kernel ends it", "2.2.0", "eats-memory"],
    ["is ready only now and then", "2.3.0", "flaps"],
  ])("%s", async (_what, version, app) => {
    const context = await begin(version, app);
    await waitForReady(context, { slot: "green", version, withinMs: 20_000 });
    await expect(observe.run(context)).rejects.toMatchObject({ code: "release-fell-over" });
    if (app !== "flaps") await expect.poll(() => state(".RestartCount"), { timeout: 10_000 }).not.toBe("0");
    if (app === "eats-memory") await expect.poll(() => events("oom"), { timeout: 10_000 }).toContain(" oom ");
  });

  // One that did not answer at all was believed when the window was shorter than the patience with one answer: its only silence was the one that
  // is forgiven. The window now ends with an answer only.
  test("freezes, however short the window", async () => {
    const context = await begin("2.4.0", "healthy", 500);
    await waitForReady(context, { slot: "green", version: "2.4.0", withinMs: 20_000 });
    await docker(["pause", `${stage.project.name}-web-green-1`]);
    await expect(observe.run(context)).rejects.toThrow("it does not answer");
    await docker(["unpause", `${stage.project.name}-web-green-1`]);
  });
});

test("a release that dies at boot is never ready, however often Docker starts it", async () => {
  const context = await begin("2.5.0", "dies");
  const waiting = waitForReady(context, { slot: "green", version: "2.5.0", withinMs: 20_000 });
  await expect(waiting).rejects.toMatchObject({ code: "release-not-healthy" });
  await expect.poll(() => state(".RestartCount"), { timeout: 20_000 }).not.toBe("0");
});

test("a release that ignores SIGTERM has its time to end, and is ended then", async () => {
  await begin("2.6.0", "ignores-sigterm");
  await healthOf(stage.driver, "green", "ready");
  const begun = systemClock.monotonic();
  await stage.driver.stop("green");
  expect(systemClock.monotonic() - begun).toBeGreaterThan(1900); // of the two seconds of its service
  expect(await stage.driver.inspect()).toEqual({});
});

test("the version before, pruned by somebody, is missed before going back begins, and is fine when it was fetched again", async () => {
  const before = await stage.publish("1.1.0");
  const { world } = createMemoryWorld();
  const databases = { ...world.databases, findByOid: () => Promise.resolve({ name: "filaops_kept", oid: 10 }) };
  const look = () => kept.look({ ...world, databases, driver: stage.driver }, { ...testUndoPlan, to: "1.1.0" });
  await stage.driver.fetch(before, {});
  expect(await look()).toBeNull();
  await docker(["rmi", "--force", (await readImage(stage.paths, "1.1.0"))!.imageId]);
  expect(await look()).toMatchObject({
    code: "nothing-to-undo",
    happened: expect.stringContaining("1.1.0 is not on this computer any more") as string,
  });
  await stage.driver.fetch(before, {});
  expect(await look()).toBeNull();
});
