import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../../releases/contract.ts";
import { healthOf } from "../driver.suite.ts";
import { compose } from "./compose.ts";
import { readImage } from "./images.ts";
import type { SourceStage } from "./testing/source-stage.ts";
import { setSourceStage } from "./testing/source-stage.ts";

let stage: SourceStage;
let release: Release;
beforeAll(async () => {
  stage = await setSourceStage();
  release = await stage.commit("1.1.0");
  await stage.commit("1.2.0"); // the branch has moved on
});
afterAll(() => stage.close());

/** Images without a name, and containers of builds. */
async function leftovers(): Promise<string> {
  const images = await stage.docker(["images", "--all", "--quiet", "--filter", "dangling=true"]);
  return images + (await stage.docker(["ps", "--all", "--quiet"]));
}

async function expectNothingOf(version: string): Promise<void> {
  expect(await stage.driver.has(version)).toBe(false);
  expect(await readdir(stage.paths.releases)).not.toContain(version);
  expect(await leftovers()).toBe("");
}

describe("the commit that was signed", () => {
  test("can be had, although the branch has moved on; asking leaves nothing", async () => {
    await stage.driver.answers(release);
    await expectNothingOf("1.1.0");
  });

  test("is built, kept by a name, and told of; nothing else is left of the build", async () => {
    const told: [done: number, total: number | null][] = [];
    const steps: [step: number, of: number][] = [];
    await stage.driver.fetch(release, {
      onBytes: (...now) => told.push(now),
      onStep: (...now) => steps.push(now),
    });
    expect(steps.length).toBeGreaterThan(10);
    // Several may end between two signs of life.
    const [numbers, of] = [steps.map(([step]) => step), steps[0]![1]];
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers[0]).toBeLessThan(of);
    expect(numbers.at(-1)).toBe(of);
    const image = (await readImage(stage.paths, "1.1.0"))!;
    expect(image).toMatchObject({ digest: null, reference: image.imageId });
    const named = await stage.docker(["images", "--no-trunc", "--quiet", `filaops-keep:${stage.project.name}-1.1.0`]);
    expect(named.trim()).toBe(image.imageId);
    const size = Number(await stage.docker(["image", "inspect", "--format", "{{.Size}}", image.imageId]));
    expect(told.at(-1)).toEqual([size, size]);
    expect(await leftovers()).toBe("");
  });

  test("is not built again when it is here", async () => {
    const asked = stage.git.requests.length;
    await stage.driver.fetch(release, { onBytes: () => expect.unreachable() });
    expect(stage.git.requests.length).toBe(asked);
  });

  test("is built again of the same commit when somebody removed the image, for an undo", async () => {
    const before = (await readImage(stage.paths, "1.1.0"))!;
    await stage.docker(["rmi", "--force", before.imageId]);
    expect(await stage.driver.has("1.1.0")).toBe(false);
    await stage.driver.answersAgain("1.1.0");
    await stage.driver.fetchAgain("1.1.0", {});
    expect(await stage.driver.has("1.1.0")).toBe(true);
    expect((await readImage(stage.paths, "1.1.0"))?.commit).toBe(release.manifest.commit);
  });

  test("is built anew when another one is signed for the same version", async () => {
    const again = await stage.commit("1.3.0");
    await stage.driver.fetch(again, {});
    const before = await readImage(stage.paths, "1.3.0");
    await stage.driver.fetch({ ...again, manifest: (await stage.commit("1.3.0-next")).manifest }, {});
    expect((await readImage(stage.paths, "1.3.0"))?.imageId).not.toBe(before?.imageId);
    await stage.driver.remove("1.3.0");
    await expectNothingOf("1.3.0");
  });

  test("runs, and `docker compose up` by hand agrees with it once it is settled", async () => {
    const green = await stage.driver.start("green", "1.1.0", "filaops");
    expect(await healthOf(stage.driver, "green", "ready")).toMatchObject({ answer: { version: "1.1.0" } });
    const path = join(stage.folder, ".env");
    await writeFile(path, "COMPOSE_PROFILES=blue\n");
    await stage.driver.settle("green", "1.1.0");
    await compose(stage.project, ["up", "--detach"]);
    expect(await stage.driver.inspect()).toEqual({ green });
    const { imageId } = (await readImage(stage.paths, "1.1.0"))!;
    expect(await readFile(path, "utf8")).toBe(`COMPOSE_PROFILES=green\nFILAOPS_GREEN_IMAGE=${imageId}\n`);
    await stage.driver.stop("green");
  });
});

describe("the source does not come", () => {
  let close: (() => Promise<void>) | null = null;
  afterEach(async () => {
    await close?.();
    close = null;
  });
  const stranger = async () => {
    const server = await stage.openStranger();
    close = () => server.close();
    return stage.driverFrom(`${server.url}/farm.git`);
  };
  const unknown = () => ({ ...release, version: "1.9.0", manifest: { ...release.manifest, commit: "0123456789".repeat(4) } });
  const other = () => ({ ...release, version: "1.9.0" });

  test.each<
    [what: string, driver: () => SourceStage["driver"] | Promise<SourceStage["driver"]>, wanted: () => Release, words: string]
  >([
    ["the server does not have the commit", () => stage.driver, unknown, "does not have the commit 012345678901"],
    ["its certificate is not trusted", stranger, other, "is not trusted by the computer"],
    ["the server is away", () => stage.driverFrom("https://127.0.0.1:1/farm.git"), other, "127.0.0.1:1 did not answer"],
    ["there is no such repository", () => stage.driverFrom(`${stage.git.url}/none.git`), other, "that everybody may read"],
  ])("when %s: this is said before, and when it is tried", async (_what, driver, wanted, words) => {
    const from = await driver();
    const problem = { code: "source-not-fetched", happened: expect.stringContaining(words) as string };
    await expect(from.answers(wanted())).rejects.toMatchObject({ problem });
    await expect(from.fetch(wanted(), {})).rejects.toMatchObject({ problem });
    await expectNothingOf("1.9.0");
  });
});

describe("what was built is not used", () => {
  test("when the build fails: its last lines are told", async () => {
    const failing = await stage.commit("2.0.0", "build-fails");
    await expect(stage.driver.fetch(failing, {})).rejects.toMatchObject({
      problem: {
        code: "image-not-built",
        // What it says and what it complains of are two streams, which the engine merges as they come.
        happened: expect.stringMatching(
          /returned a non-zero code: 3\n(.*\n)*(compiling\nno such module: pump|no such module: pump\ncompiling)$/,
        ) as string,
      },
    });
    await expectNothingOf("2.0.0");
  });

  test.each([
    ["version", "2.1.0", "no-version", "it says that it is version 0.0.1"],
    ["commit", "2.2.0", "no-revision", "it does not say that it is of commit"],
  ] as const)("when it says that it is of another %s", async (_what, version, fault, words) => {
    const wrong = await stage.commit(version, fault);
    const problem = { code: "image-differs", happened: expect.stringContaining(words) as string };
    await expect(stage.driver.fetch(wrong, {})).rejects.toMatchObject({ problem });
    await expectNothingOf(version);
  });

  test("when it is aborted in the middle, and the build ends", async () => {
    const hanging = await stage.commit("2.3.0", "build-hangs");
    const controller = new AbortController();
    const cause = new Error("cancelled");
    const compiling = stage.printed("compiling");
    const fetching = stage.driver.fetch(hanging, { signal: controller.signal });
    await compiling;
    const container = (await stage.docker(["ps", "--quiet"])).trim();
    expect(container).not.toBe("");
    controller.abort(cause);
    await expect(fetching).rejects.toBe(cause);
    await stage.docker(["wait", container]).catch(() => undefined); // it may be gone already
    expect(await stage.docker(["ps", "--quiet"])).toBe("");
    expect(await stage.driver.has("2.3.0")).toBe(false);
  });
});
