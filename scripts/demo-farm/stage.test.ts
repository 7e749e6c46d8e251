import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, afterAll, expect, test } from "vitest";
import { ownCluster } from "../../server/deployment/launcher.ts";
import { INSTANCE_MARK, SERVICE_MARK, homeMark } from "../../server/deployment/marks.ts";
import { packSignedRelease } from "../../server/deployment/testing/signed-release.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { readConfig } from "../../server/platform/config.ts";
import { exists } from "../../server/platform/files.ts";
import { freePort } from "../../server/platform/free-port.ts";
import { homePaths } from "../../server/platform/home.ts";
import { findMarked } from "../../server/platform/marked-processes.ts";
import { run } from "../../server/platform/process.ts";
import { createKeyPair, parseSecretKey } from "../../server/releases/minisign.ts";
import type { PublisherPlaces } from "./places.ts";
import { demoPlaces, publisherPlaces } from "./places.ts";
import type { Stage, StageOptions } from "./stage.ts";
import { openStage } from "./stage.ts";

/** The demo's stage with the real launcher, gate and updater, and a made-up app. */

const ROOT = join(import.meta.dirname, "..", "..");
let base: string;
let folder: string;
let stage: Stage | null = null;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "filaops-stage-"));
  await chmod(base, 0o755); // the cluster's user must get through
  folder = join(base, "demo");
});
afterEach(async () => {
  await stage?.close();
  stage = null;
});
afterAll(() => rm(base, { recursive: true }));

/** A publisher whose 1.0.0 has an app that behaves like this, and this repository's own scripts. */
async function published(app: "healthy" | "dies" | "unhealthy"): Promise<PublisherPlaces> {
  const places = publisherPlaces(join(base, app));
  if (await exists(places.publicKey)) return places;
  const { publicKey, secretKey } = createKeyPair();
  await mkdir(places.releases, { recursive: true });
  const script = (name: string) => `await import(${JSON.stringify(join(ROOT, "scripts", `${name}.ts`))});`;
  const scripts = Object.fromEntries(["start", "gate", "updater", "filaops"].map((name) => [`bin/${name}.mjs`, script(name)]));
  const files = { ...scripts, "behaviour.json": JSON.stringify({ app }) };
  await packSignedRelease(places.releases, { name: "1.0.0", key: parseSecretKey(secretKey), files });
  await writeFile(places.publicKey, publicKey);
  return places;
}

async function open(released: PublisherPlaces, options: Partial<StageOptions> = {}): Promise<Stage> {
  stage = await openStage({ folder, seeded: false, published: [], released, say: () => undefined, ...options });
  return stage;
}

/** What runs of the demo in the folder: services and app instances by their marks, and PostgreSQL. */
async function living(): Promise<string[]> {
  const paths = homePaths(demoPlaces(folder).home);
  const mark = await homeMark(paths);
  const marked = [SERVICE_MARK, INSTANCE_MARK].flatMap((name) => findMarked(name, mark).map(({ value }) => value));
  const cluster = await ownCluster({ paths, config: await readConfig(paths), clock: systemClock });
  return (await cluster?.status()) === null ? marked : [...marked, "postgres"];
}

/** A program of somebody else that answers 200 to everything. */
async function stranger(port: number): Promise<{ close: () => Promise<unknown> }> {
  const server = createServer((_, response) => response.end("{}")).listen(port, "127.0.0.1");
  await once(server, "listening");
  return { close: () => (server.closeAllConnections(), once(server.close(), "close")) };
}

// Ctrl-C, or a failure, in the middle of the first installation left PostgreSQL and the app running. They are started detached, for the installer's
// proof, and whoever opened the stage closed its feed only.
test("an installation that fails leaves nothing running", async () => {
  await expect(open(await published("dies"))).rejects.toMatchObject({ code: "release-not-healthy" });
  expect(await living()).toEqual([]);
});

test("one that is ended in the middle leaves nothing either, and does not wait for the app", async () => {
  const ending = new AbortController();
  const say = (text: string) => {
    if (text === "Starting the app") ending.abort();
  };
  await rm(folder, { recursive: true });
  await expect(open(await published("unhealthy"), { say, ending: ending.signal })).rejects.toMatchObject({ name: "AbortError" });
  expect(await living()).toEqual([]);
  await rm(folder, { recursive: true });
});

test("a second one for the same folder says that it runs; --fresh does not take the folder away under it; at the end nothing is left", async () => {
  const released = await published("healthy");
  const first = await open(released);
  expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  expect(await living()).toHaveLength(4);
  await expect(openStage({ folder, seeded: false, published: [], released, say: () => undefined })).rejects.toMatchObject({
    code: "already-running",
  });
  // `--fresh` removed the folder of a demo that ran. PostgreSQL went on without its files, and held its port.
  const fresh = run(process.execPath, [join(ROOT, "scripts/demo.ts"), "--fresh"], { env: { FILAOPS_DEMO: folder } });
  await expect(fresh).rejects.toThrow("is running already");
  expect(await living()).toHaveLength(4);
  expect((await fetch(`${first.url}/api/health`)).status).toBe(200);
  await first.close();
  stage = null;
  expect(await living()).toEqual([]);
});

// The demo hung without a word when its port was taken. The gate was started again for ever, and the stranger's 200 was taken for the app's.
test("a port that is taken: a problem when it was asked for, otherwise another one, which is said and kept", async () => {
  const released = await published("healthy");
  const taken = await freePort();
  const other = await stranger(taken);
  try {
    await expect(open(released, { port: taken })).rejects.toMatchObject({ code: "gate-port-taken" });
    const said: string[] = [];
    await rm(demoPlaces(folder).ports);
    const moved = await open(released, { port: taken, elsewhere: true, say: (text) => said.push(text) });
    expect(said).toEqual([expect.stringContaining(`Another program has port ${taken}`)]);
    expect(moved.url).not.toContain(String(taken));
    expect((await readConfig(moved.paths)).publicUrl).toBe(moved.url);
    expect((await fetch(`${moved.url}/api/health`)).status).toBe(200);
    await moved.close();
    stage = null;
    expect((await open(released, { port: taken, elsewhere: true })).url).toBe(moved.url);
  } finally {
    await other.close();
  }
});

test("a port that is asked for later replaces the one of the first time", async () => {
  const port = await freePort();
  const asked = await open(await published("healthy"), { port });
  expect(asked.url).toBe(`http://127.0.0.1:${port}`);
  expect(await readConfig(asked.paths)).toMatchObject({ publicUrl: asked.url, gate: { port } });
  expect((await fetch(`${asked.url}/api/health`)).status).toBe(200);
});
