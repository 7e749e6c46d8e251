import { copyFile, mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takesOf } from "./bundles.ts";
import type { Farm } from "./testing/farm.ts";
import { makeFarm } from "./testing/farm.ts";
import { makeBundle } from "./testing/make-bundle.ts";
import type { TestRelease } from "./testing/make-release.ts";
import { makeRelease, testKey } from "./testing/make-release.ts";

/** What a check says when releases are brought here as files: with a feed beside them, and without one. */

async function lay(farm: Farm, version: string, { name, ...release }: TestRelease & { name?: string; key?: Farm["key"] } = {}) {
  const made = await makeBundle(join(farm.paths.home, "made"), version, { key: farm.key, ...release });
  await mkdir(farm.paths.bundles, { recursive: true });
  await copyFile(made, name === undefined ? farm.paths.bundle(version) : join(farm.paths.bundles, name));
}

test("a bundle is offered by whatever name, though the feed never answered, and notices count it", async () => {
  await using farm = await makeFarm();
  await lay(farm, "1.1.0", { name: "from the stick.tar", notes: "What is new" });
  const status = await farm.checker.status();
  expect(status).toMatchObject({
    kind: "available",
    stale: null,
    release: { version: "1.1.0", bundle: true, archiveUrl: null, notes: "What is new", url: null },
    newer: [{ version: "1.1.0", publishedAt: "2026-11-01T00:00:00Z" }],
    refused: [],
  });
  expect(await farm.checker.bundles()).toMatchObject([
    { name: "from the stick.tar", version: "1.1.0", state: "available", problem: null },
  ]);
  expect(farm.asked).toEqual([]);
  await rm(join(farm.paths.bundles, "from the stick.tar"));
  expect((await farm.checker.status()).kind).toBe("unknown");
});

test("where the feed has the version too, the bundle's artifact is taken, and what the feed says of it", async () => {
  await using farm = await makeFarm();
  await makeRelease(farm.folder, "1.1.0", { key: farm.key, notes: "The feed's", manifest: { rollout: { percent: 0 } } });
  farm.feed.publish("1.1.0");
  expect(await farm.checker.check({ force: true })).toMatchObject({ kind: "current", refused: [{ tag: "1.1.0" }] });
  await lay(farm, "1.1.0", { notes: "The bundle's" });
  expect(await farm.checker.status()).toMatchObject({
    kind: "available",
    release: { bundle: true, archiveUrl: null },
    refused: [],
  });
  await makeRelease(farm.folder, "1.1.0", { key: farm.key, notes: "The feed's" });
  const page = `${farm.feed.url}/Blb3D/filaops/releases/tag/v1.1.0`;
  expect(await farm.checker.check({ force: true })).toMatchObject({ release: { bundle: true, notes: "The feed's", url: page } });
});

test("a pre-release is offered, and no notice counts it", async () => {
  await using farm = await makeFarm();
  await lay(farm, "1.1.0", { publication: { prerelease: true } });
  const status = await farm.checker.status();
  expect(status).toMatchObject({ kind: "available", release: { version: "1.1.0", prerelease: true } });
  expect(status).not.toHaveProperty("newer");
});

test("what cannot be used is refused in words, and hides nothing", async () => {
  await using farm = await makeFarm();
  await lay(farm, "1.1.0");
  await lay(farm, "1.1.0", { name: "again.tar" });
  await lay(farm, "1.2.0", { name: "foreign.tar", key: testKey().key });
  await lay(farm, "1.3.0", { name: "expired.tar", manifest: { expires: "2026-11-02T00:00:00Z" } });
  await lay(farm, "1.0.0", { name: "old.tar" });
  await lay(farm, "1.4.0", { name: "half.tar" });
  await truncate(join(farm.paths.bundles, "half.tar"), 5000);
  await symlink("/etc/passwd", join(farm.paths.bundles, "link.tar"));
  await mkdir(join(farm.paths.bundles, "folder.tar"));
  await writeFile(join(farm.paths.bundles, "notes.txt"), "not looked at");
  const status = await farm.checker.status();
  expect(status).toMatchObject({ kind: "available", release: { version: "1.1.0" } });
  const stands = (await farm.checker.bundles()).map(({ name, state, problem }) => [name, state, problem?.code ?? null]);
  expect(stands).toEqual([
    ["again.tar", "refused", "bundle-doubled"],
    ["expired.tar", "refused", "release-expired"],
    ["filaops-1.1.0.bundle.tar", "available", null],
    ["folder.tar", "refused", "bundle-refused"],
    ["foreign.tar", "refused", "release-signer-unknown"],
    ["half.tar", "refused", "bundle-refused"],
    ["link.tar", "refused", "bundle-refused"],
    ["old.tar", "passed", null],
  ]);
  const tags = status.refused?.map(({ tag }) => tag);
  expect(tags).toEqual(["again.tar", "folder.tar", "foreign.tar", "half.tar", "link.tar", "1.3.0"]);
});

test("a file that is still being copied is looked at again when it has grown", async () => {
  await using farm = await makeFarm();
  await lay(farm, "1.1.0", { name: "b.tar" });
  await truncate(join(farm.paths.bundles, "b.tar"), 5000);
  expect(await farm.checker.status()).toMatchObject({ kind: "unknown", refused: [{ tag: "b.tar" }] });
  await lay(farm, "1.1.0", { name: "b.tar" });
  expect(await farm.checker.status()).toMatchObject({ kind: "available" });
});

test("what is installed from an archive takes none of an image, and the other way round", () => {
  expect(takesOf({ driver: "native" })).toEqual({ kind: "archive" });
  expect(takesOf({ driver: "docker" }, "x64")).toEqual({ kind: "image", platform: "linux/amd64" });
  expect(takesOf({ driver: "docker" }, "arm64")).toEqual({ kind: "image", platform: "linux/arm64" });
});
