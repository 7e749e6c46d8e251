import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { systemClock } from "../../platform/clock.ts";
import type { Release } from "../../releases/contract.ts";
import type { Instance } from "../contract.ts";
import { healthOf } from "../driver.suite.ts";
import { compose } from "./compose.ts";
import { readImage } from "./images.ts";
import { commandName } from "./one-shot.ts";
import type { DockerStage } from "./testing/docker-stage.ts";
import { setDockerStage } from "./testing/docker-stage.ts";
import { docker } from "./testing/engine.ts";
import type { Place } from "./testing/registry-images.ts";
import { putIndex, putOther } from "./testing/registry-images.ts";

let stage: DockerStage;
let release: Release;
beforeAll(async () => {
  stage = await setDockerStage(inject("docker"));
  release = await stage.publish("1.0.0", { migrate: "hangs" });
  await stage.driver.fetch(release, {});
});
afterEach(async () => {
  await stage.driver.stop("blue");
  await stage.driver.stop("green");
});
afterAll(() => stage.close());

async function ready(slot: "blue" | "green"): Promise<Instance> {
  const instance = await stage.driver.start(slot, "1.0.0", "filaops");
  await healthOf(stage.driver, slot, "ready");
  return instance;
}

describe("docker compose by hand", () => {
  test("agrees with what runs, once it is settled", async () => {
    const path = join(stage.folder, ".env");
    await writeFile(path, "# mine\nCOMPOSE_PROFILES=blue\n");
    const green = await ready("green");
    await stage.driver.settle("green", "1.0.0");
    await compose(stage.project, ["up", "--detach"]);
    expect(await stage.driver.inspect()).toEqual({ green });
    const { reference } = (await readImage(stage.paths, "1.0.0"))!;
    expect(await readFile(path, "utf8")).toBe(`# mine\nCOMPOSE_PROFILES=green\nFILAOPS_GREEN_IMAGE=${reference}\n`);
    await rm(path);
  });

  test("brings up what was settled, after all was taken down", async () => {
    await stage.driver.settle("green", "1.0.0");
    await compose(stage.project, ["up", "--detach"]);
    await healthOf(stage.driver, "green", "ready");
    await rm(join(stage.folder, ".env"));
  });
});

test("an image keeps a name of its project, and loses no name of another project's", async () => {
  const others = `filaops-keep:${stage.project.name}x-1.5.0`;
  await stage.driver.fetch(await stage.publish("1.5.0"), {});
  const names = async () => docker(["images", "--format", "{{.Repository}}:{{.Tag}}", "filaops-keep"]);
  const mine = `filaops-keep:${stage.project.name}-1.5.0`;
  expect((await names()).split("\n")).toContain(mine);
  await docker(["tag", mine, others]);
  try {
    await stage.driver.remove("1.5.0");
    expect((await names()).split("\n")).toContain(others);
    expect((await names()).split("\n")).not.toContain(mine);
  } finally {
    await docker(["rmi", others]);
  }
});

test("an image that somebody pruned is missing, and is fetched again", async () => {
  const lost = await stage.publish("1.6.0");
  await stage.driver.fetch(lost, {});
  await docker(["rmi", "--force", (await readImage(stage.paths, "1.6.0"))!.imageId]);
  expect(await stage.driver.has("1.6.0")).toBe(false);
  await expect(stage.driver.start("blue", "1.6.0", "filaops")).rejects.toMatchObject({ code: "release-missing" });
  await stage.driver.fetch(lost, {});
  expect(await stage.driver.has("1.6.0")).toBe(true);
});

describe("the registry", () => {
  const elsewhere = (repository: string, digest?: string): Release => {
    const image = release.manifest.image!;
    const digests = digest === undefined ? image.digests : { "linux/amd64": digest, "linux/arm64": digest };
    return { ...release, version: "1.9.0", manifest: { ...release.manifest, image: { repository, digests } } };
  };

  test("answers for an image that it has", async () => {
    await stage.driver.answers(release);
  });

  test.each([
    ["is away", () => elsewhere("127.0.0.1:1/none"), "connection refused"],
    ["has no such image", () => elsewhere(release.manifest.image!.repository, `sha256:${"0".repeat(64)}`), "unknown"],
  ])("%s: this is said, and nothing is left", async (_what, wanted, words) => {
    const told = expect.stringContaining(words) as string;
    await expect(stage.driver.answers(wanted())).rejects.toMatchObject({ problem: { code: "engine-refused", happened: told } });
    await expect(stage.driver.fetch(wanted(), {})).rejects.toMatchObject({
      problem: { code: "image-not-pulled", happened: told },
    });
    expect(await stage.driver.has("1.9.0")).toBe(false);
  });
});

describe("an image for several platforms", () => {
  const madeOf = async (version: string, make: (place: Place, here: string) => Promise<string>): Promise<Release> => {
    const own = await stage.publish(version);
    const { repository, digests } = own.manifest.image!;
    const digest = await make({ repository, digest: digests["linux/amd64"]! }, (await stage.engine.platform()).slice(6));
    const image = { repository, digests: { "linux/amd64": digest, "linux/arm64": digest } };
    return { ...own, manifest: { ...own.manifest, image } };
  };

  test.each<[what: string, version: string, code: string, make: (place: Place) => Promise<string>]>([
    ["has no entry for this one", "1.7.0", "image-not-for-here", (place) => putIndex(place, ["s390x"])],
    ["is another's alone", "1.7.1", "image-differs", (place) => putOther(place, "s390x")],
  ])("that %s is refused with words, and nothing of it stays", async (_what, version, code, make) => {
    const other = await madeOf(version, make);
    const words = expect.stringMatching(
      /was not published as an image for this computer \(linux\/\w+\)|it is for linux\/s390x/,
    ) as string;
    await expect(stage.driver.answers(other)).rejects.toMatchObject({ code: "image-not-for-here", message: words });
    await expect(stage.driver.fetch(other, {})).rejects.toMatchObject({ code, message: words });
    expect(await stage.driver.has(version)).toBe(false);
    expect(
      await stage.engine.image(`${other.manifest.image!.repository}@${other.manifest.image!.digests["linux/amd64"]}`),
    ).toBeNull();
  });

  test("that has one for this computer among others is taken by the digest of all", async () => {
    const several = await madeOf("1.7.2", (place, here) => putIndex(place, ["s390x", here]));
    await stage.driver.answers(several);
    await stage.driver.fetch(several, {});
    await stage.driver.start("green", "1.7.2", "filaops");
    await healthOf(stage.driver, "green", "ready");
    await stage.driver.stop("green");
    await stage.driver.remove("1.7.2");
  });
});

describe("a command", () => {
  const options = { database: "filaops_green", applicationName: "filaops-run-01J" };
  const left = async () => {
    const name = commandName(stage.project, options.applicationName);
    return (await docker(["ps", "--all", "--quiet", "--filter", `name=${name}`])).trim();
  };

  // Killed early, the command line's plugin went on: the abort was never told, and a migration worked on for an update that had been cancelled.
  test.each([0, 30, 60, 120, 250, 500])("that is aborted after %d ms leaves nothing", async (ms) => {
    const controller = new AbortController();
    const cause = new Error("cancelled");
    setTimeout(() => {
      controller.abort(cause);
    }, ms);
    const running = stage.driver.runOnce("1.0.0", "migrate", { ...options, signal: controller.signal });
    await expect(running).rejects.toBe(cause);
    await systemClock.sleep(700);
    expect(await left()).toBe("");
  });

  test("that a killed caller left is ended, twice if asked, and is no instance", async () => {
    const { reference } = (await readImage(stage.paths, "1.0.0"))!;
    const name = commandName(stage.project, options.applicationName);
    const [values, blue] = [{ FILAOPS_MIGRATE_IMAGE: reference }, await ready("blue")];
    await compose(stage.project, ["run", "--detach", "--no-deps", "--name", name, "migrate"], { values });
    expect(await left()).not.toBe("");
    expect(await stage.driver.inspect()).toEqual({ blue });
    await stage.driver.endCommands(options.applicationName);
    expect(await left()).toBe("");
    await stage.driver.endCommands(options.applicationName);
  });
});
