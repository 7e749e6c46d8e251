import { cp, mkdir, mkdtemp, open, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleRelease } from "../../scripts/packaging/bundle.ts";
import { systemClock } from "../platform/clock.ts";
import { exists } from "../platform/files.ts";
import { homePaths } from "../platform/home.ts";
import { membersOf, withFile } from "../platform/tar-file.ts";
import type { Release } from "../releases/contract.ts";
import { readBundle } from "../releases/read-bundle.ts";
import { testKey } from "../releases/testing/make-release.ts";
import { archiveAnswers, fetchRelease } from "./artifacts.ts";
import { packSignedRelease } from "./testing/signed-release.ts";

let work: string;
let paths: ReturnType<typeof homePaths>;
let release: Release;
/** Where the bundle was laid, by a name of somebody's choice. */
let laid: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "filaops-bundled-"));
  paths = homePaths(join(work, "home"));
  const { key } = testKey();
  const folder = await packSignedRelease(work, { name: "packaged", key, version: "1.1.0" });
  await mkdir(paths.bundles, { recursive: true });
  laid = join(paths.bundles, "stick.tar");
  await cp(await bundleRelease({ folder }), laid);
  const read = await withFile(laid, (whole) => readBundle(whole, { key, called: "it" }));
  if (read.kind === "refused") throw new Error(read.problem.happened);
  ({ release } = read.bundle);
});
afterEach(() => rm(work, { recursive: true }));

const left = () => readdir(paths.releases).catch(() => []);
const fetching = (signal?: AbortSignal) =>
  fetchRelease(paths, release, { clock: systemClock, ...(signal === undefined ? {} : { signal }) });

/** Changes one bit in the midst of the archive. */
async function damage(): Promise<void> {
  const archive = await withFile(laid, async (whole) => (await membersOf(whole, 32)).find(({ path }) => path.endsWith(".gz")));
  const file = await open(laid, "r+");
  const at = (archive?.start ?? 0) + Math.floor((archive?.bytes ?? 0) / 2);
  const { buffer } = await file.read(Buffer.alloc(1), { position: at });
  await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, at);
  await file.close();
}

test("a release is installed out of a bundle, with its progress, and nothing but its folder is left", async () => {
  await archiveAnswers(paths, release);
  const told: number[] = [];
  await fetchRelease(paths, release, { clock: systemClock, onBytes: (done) => told.push(done) });
  expect(told.at(-1)).toBe(release.manifest.archive.bytes);
  expect(await left()).toEqual(["1.1.0"]);
  expect(JSON.parse(await readFile(join(paths.release("1.1.0"), "release-info.json"), "utf8"))).toMatchObject({
    version: "1.1.0",
  });
});

test("a bit that changed since it was laid there is found by the check before, and by the copy", async () => {
  await damage();
  await expect(archiveAnswers(paths, release)).rejects.toMatchObject({ code: "bundle-differs" });
  await expect(fetching()).rejects.toMatchObject({ code: "bundle-differs" });
  expect(await left()).toEqual([]);
});

test("one that was taken away, or is another release's, is said to be gone", async () => {
  const other = {
    ...release,
    manifest: { ...release.manifest, archive: { ...release.manifest.archive, sha256: "0".repeat(64) } },
  };
  await expect(archiveAnswers(paths, other)).rejects.toMatchObject({ code: "bundle-gone" });
  await rm(laid);
  await expect(fetching()).rejects.toMatchObject({ code: "bundle-gone" });
  expect(await left()).toEqual([]);
});

test("cancelled in the midst, it leaves nothing", async () => {
  const cancelled = new AbortController();
  cancelled.abort(new Error("cancelled"));
  await expect(fetching(cancelled.signal)).rejects.toThrow("cancelled");
  expect([await left(), await exists(laid)]).toEqual([[], true]);
});
