import { open, readFile, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { silentLog } from "../../platform/log.ts";
import { tarOf } from "../../releases/testing/make-bundle.ts";
import type { Release } from "../../releases/contract.ts";
import { healthOf } from "../driver.suite.ts";
import { openSocketProxy } from "./socket-proxy.ts";
import { layBundle } from "./testing/bundled-image.ts";
import type { DockerStage } from "./testing/docker-stage.ts";
import { setDockerStage } from "./testing/docker-stage.ts";
import { SOCKET, docker } from "./testing/engine.ts";

/** Images out of bundles on a real engine, through the socket proxy, while there is no registry that has them. */

let stage: DockerStage;
let proxy: { close: () => Promise<void> };
let refusals: number;
let release: Release;

beforeAll(async () => {
  refusals = 0;
  stage = await setDockerStage({
    ...inject("docker"),
    through: async ({ name, folder }) => {
      const socket = join(folder, "engine.sock");
      const log = { ...silentLog, warn: () => (refusals += 1) };
      proxy = await openSocketProxy({ socket, engine: SOCKET, site: { project: name, folder, networks: [] }, log });
      return socket;
    },
  });
  // The project's network is there before its updater is.
  const labels = [`com.docker.compose.project=${stage.project.name}`, "com.docker.compose.network=default"];
  await docker(["network", "create", ...labels.flatMap((label) => ["--label", label]), `${stage.project.name}_default`]);
  release = await layBundle(stage.folder, stage.paths, await stage.publish("1.0.0"));
});
afterAll(async () => {
  await stage.driver.stop("blue");
  await stage.driver.remove("1.0.0");
  await stage.close();
  await proxy.close();
});

test("an image is loaded out of a bundle, runs, and is settled by its id", async () => {
  const { driver, paths } = stage;
  await driver.answers(release);
  const told: (number | null)[][] = [];
  await driver.fetch(release, { onBytes: (done, total) => told.push([done, total]) });
  const [done, total] = told.at(-1) ?? [];
  expect([done, total]).toEqual([total, expect.any(Number)]);
  const file = JSON.parse(await readFile(join(paths.release("1.0.0"), "image.json"), "utf8")) as Record<string, string>;
  const digest = release.manifest.image?.digests["linux/amd64"] ?? "";
  expect(file).toMatchObject({ digest, reference: file["imageId"], origin: `registry.invalid/filaops@${digest}` });
  await driver.fetch(release, {}); // it is here
  await driver.start("blue", "1.0.0", "filaops");
  expect(await healthOf(driver, "blue", "ready")).toMatchObject({ answer: { version: "1.0.0" } });
  await driver.settle("blue", "1.0.0");
  expect(refusals).toBe(0);
});

test("pruned by somebody, it is had again out of its bundle, for an undo", async () => {
  const { driver, paths } = stage;
  const { imageId } = JSON.parse(await readFile(join(paths.release("1.0.0"), "image.json"), "utf8")) as { imageId: string };
  await driver.stop("blue");
  await docker(["rmi", "--force", imageId]);
  expect(await driver.has("1.0.0")).toBe(false);
  await driver.answersAgain("1.0.0");
  await driver.fetchAgain("1.0.0", {});
  expect(await driver.has("1.0.0")).toBe(true);
  expect(refusals).toBe(0);
});

test("a bit that changed is found before anything is loaded, and a bundle that is gone is said to be", async () => {
  const other = await layBundle(stage.folder, stage.paths, await stage.publish("1.1.0"));
  const path = stage.paths.bundle("1.1.0");
  const file = await open(path, "r+");
  const at = (await stat(path)).size - 20_000;
  const { buffer } = await file.read(Buffer.alloc(1), { position: at });
  await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, at);
  await file.close();
  await expect(stage.driver.answers(other)).rejects.toMatchObject({ code: "bundle-differs" });
  await expect(stage.driver.fetch(other, {})).rejects.toMatchObject({ code: "bundle-differs" });
  await rm(path);
  await expect(stage.driver.fetch(other, {})).rejects.toMatchObject({ code: "bundle-gone" });
  expect(await stage.driver.has("1.1.0")).toBe(false);
});

test("nobody who has the updater's socket loads an image under another project's name", async () => {
  const before = refusals;
  const blob = `blobs/sha256/${"0".repeat(64)}`;
  const named = await tarOf({
    "manifest.json": JSON.stringify([{ Config: blob, RepoTags: ["theirs:latest"], Layers: [blob] }]),
    [blob]: "x",
  });
  const outgoing = request({ socketPath: stage.project.socket, method: "POST", path: "/images/load?quiet=1", agent: false });
  outgoing.end(named);
  const ended = await new Promise<IncomingMessage | Error>((resolve) =>
    outgoing.once("response", resolve).once("error", resolve),
  );
  expect("statusCode" in ended ? ended.statusCode : "cut").not.toBe(200);
  expect(refusals).toBe(before + 1);
  expect(await docker(["images", "--quiet", "theirs"])).toBe("");
});
