import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { compose } from "../deployment/docker/compose.ts";
import type { ImageFile } from "../deployment/docker/images.ts";
import { readImage } from "../deployment/docker/images.ts";
import type { DockerStage } from "../deployment/docker/testing/docker-stage.ts";
import { setDockerStage } from "../deployment/docker/testing/docker-stage.ts";
import { docker, restartEngine } from "../deployment/docker/testing/engine.ts";
import { removeHolders } from "../deployment/docker/testing/holders.ts";
import { openSlowRegistry } from "../deployment/docker/testing/slow-registry.ts";
import { healthOf } from "../deployment/driver.suite.ts";
import type { Behaviour } from "../deployment/testing/fake-release.ts";
import { systemClock } from "../platform/clock.ts";
import { kept } from "./checks/kept.ts";
import type { Plan } from "./contract.ts";
import type { StepContext } from "./step.ts";
import { download } from "./steps/download.ts";
import { observe } from "./steps/observe.ts";
import { startOf } from "./steps/same-start.ts";
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

// It was well again when it was looked at, so that nobody knew.
test("a release that ended once since it was warmed, and that Docker started again, is not kept although it is well", async () => {
  const context = await begin("2.7.0", "healthy");
  await waitForReady(context, { slot: "green", version: "2.7.0", withinMs: 20_000 });
  const now = async () => (await stage.driver.inspect()).green;
  const greenStart = startOf(await now());
  process.kill(Number(await state(".State.Pid")), "SIGKILL");
  await expect.poll(async () => (await now())?.restarts, { timeout: 10_000 }).toBe(1);
  await healthOf(stage.driver, "green", "ready");
  const warmed = { ...context, facts: () => ({ greenStart }) };
  await expect(observe.run(warmed)).rejects.toThrow("it ended, and was started again");
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

test("Docker that is restarted while a release comes: nothing is changed, what runs comes back, and the next try has it", async () => {
  const { registry } = inject("docker");
  const slow = await openSlowRegistry(registry);
  const release = await stage.publish("2.8.0");
  const image = { ...release.manifest.image!, repository: release.manifest.image!.repository.replace(registry, slow.address) };
  const coming: Plan = { ...testPlan, to: "2.8.0", release: { ...release, manifest: { ...release.manifest, image } } };
  const fetching = () => download.run({ ...contextOf("2.8.0", 500), plan: coming });
  await stage.driver.start("green", "1.0.0", "filaops");
  await healthOf(stage.driver, "green", "ready");
  const begun = slow.holdBack();
  const first = fetching().catch((error: unknown) => error);
  await begun;
  await restartEngine();
  expect(await first).toMatchObject({
    code: "image-not-pulled",
    message: expect.stringContaining("did not come whole") as string,
  });
  expect(await stage.driver.has("2.8.0")).toBe(false);
  await healthOf(stage.driver, "green", "ready");
  slow.goOn();
  await fetching();
  await stage.driver.start("green", "2.8.0", "filaops");
  await healthOf(stage.driver, "green", "ready");
  await stage.driver.stop("green");
  await stage.driver.remove("2.8.0");
  await slow.close();
});

describe("the version before", () => {
  const { world } = createMemoryWorld();
  const databases = { ...world.databases, findByOid: () => Promise.resolve({ name: "filaops_kept", oid: 10 }) };
  const undo: Plan = { ...testUndoPlan, to: "1.1.0" };
  const look = () => kept.look({ ...world, databases, driver: stage.driver }, undo);
  const again = () => download.run({ ...contextOf("1.1.0", 500), plan: undo });
  /** `docker image prune --all`, of this one image: others on this engine are needed. */
  const prune = () => docker(["image", "prune", "--all", "--force", "--filter", "label=org.opencontainers.image.version=1.1.0"]);
  /** And all containers that do not run, as `docker system prune --all` does it. */
  const pruneAll = async () => {
    await removeHolders(stage.project.name);
    await prune();
  };

  const path = () => join(stage.paths.release("1.1.0"), "image.json");
  let file: ImageFile;
  beforeAll(async () => {
    await stage.driver.fetch(await stage.publish("1.1.0"), {});
    file = (await readImage(stage.paths, "1.1.0"))!;
    await stage.driver.keep("1.1.0");
  });

  test("is there after docker image prune -a, and docker compose up -d leaves alone what holds it", async () => {
    await prune();
    expect(await stage.driver.has("1.1.0")).toBe(true);
    const values = { FILAOPS_BLUE_IMAGE: (await readImage(stage.paths, "1.0.0"))!.reference };
    await compose(stage.project, ["up", "--detach", "--remove-orphans"], { profile: "blue", values });
    await prune();
    expect(await stage.driver.has("1.1.0")).toBe(true);
    await stage.driver.stop("blue");
    expect(await again()).toBe("it was here already");
    // The name that it was started by is gone, all the same.
    expect(await stage.engine.image(file.reference)).toBeNull();
    await stage.driver.start("green", "1.1.0", "filaops");
    await healthOf(stage.driver, "green", "ready");
    await stage.driver.stop("green");
  });

  test("is fetched again when docker system prune -a took it, and found missing before anything is touched when it cannot be", async () => {
    await pruneAll();
    expect(await stage.driver.has("1.1.0")).toBe(false);
    expect(await look()).toBeNull();
    expect(await again()).toMatch(/^\d+ bytes$/);
    expect(await stage.driver.has("1.1.0")).toBe(true);
    await pruneAll();
    await writeFile(path(), JSON.stringify({ ...file, reference: file.reference.replace(/:\d+/, ":1") }));
    await expect(look()).rejects.toMatchObject({
      code: "version-gone",
      problem: {
        happened: expect.stringContaining("FilaOps 1.1.0 is not on this computer any more") as string,
        todo: expect.stringMatching(/`docker pull 127\.0\.0\.1:1\/.*@sha256:/) as string,
      },
    });
    await expect(again()).rejects.toMatchObject({ code: "image-not-pulled" });
  });

  test("that was installed by hand, by a name that went with it, comes back by its digest", async () => {
    const byHand = { ...file, reference: file.reference.replace(/@.*/, ":latest"), digest: null };
    await writeFile(path(), JSON.stringify({ ...byHand, origin: file.reference }));
    await pruneAll();
    await stage.driver.fetchAgain("1.1.0", {});
    await stage.driver.start("green", "1.1.0", "filaops");
    await healthOf(stage.driver, "green", "ready");
    await stage.driver.stop("green");
    await pruneAll();
    await writeFile(path(), JSON.stringify(byHand));
    await expect(stage.driver.fetchAgain("1.1.0", {})).rejects.toThrow("its image was made on this computer, and removed since");
  });
});
