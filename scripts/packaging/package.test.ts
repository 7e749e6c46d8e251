import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { list } from "tar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchRelease } from "../../server/deployment/artifacts.ts";
import { readMigrations } from "../../server/databases/migrations.ts";
import { systemClock } from "../../server/platform/clock.ts";
import { configSchema } from "../../server/platform/config.ts";
import { exists } from "../../server/platform/files.ts";
import { homePaths } from "../../server/platform/home.ts";
import { silentLog } from "../../server/platform/log.ts";
import { run } from "../../server/platform/process.ts";
import { createBundleShelf } from "../../server/releases/bundles.ts";
import { createReleaseChecker } from "../../server/releases/check.ts";
import type { Manifest } from "../../server/releases/contract.ts";
import { createKeyPair, parseSecretKey } from "../../server/releases/minisign.ts";
import { startFeed } from "../feed.ts";
import type { Base } from "./base.ts";
import { layOutBase } from "./base.ts";
import { packageRelease } from "./package.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PUBLISHED = new Date("2026-11-20T08:00:00Z");
const keys = createKeyPair();
const key = parseSecretKey(keys.secretKey);
let work: string;
let base: Base;

/** A build as Next leaves it, in small, with our real migrations and one entry point. */
const BUILD: Record<string, string> = {
  ".next/standalone/server.js": "console.log('next')",
  ".next/standalone/package.json": '{"name":"filaops","version":"0.0.0","type":"module"}',
  ".next/standalone/.env": "SECRET=1",
  ".next/standalone/.env.production": "SECRET=1",
  ".next/standalone/scripts/stray.ts": "traced by mistake",
  ".next/standalone/.next/BUILD_ID": "abc",
  ".next/standalone/node_modules/pg/index.js": "",
  ".next/static/chunk.js": "static",
  "public/logo.svg": "<svg/>",
  "node_modules/@node-rs/argon2/index.js": "native",
  "package.json": '{"engines":{"node":">=24"}}',
  "scripts/migrate.ts": 'import { join } from "node:path"; console.log(join("a", "b"), import.meta.main);',
};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "filaops-package-test-"));
  const root = join(work, "root");
  for (const [path, content] of Object.entries(BUILD)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await mkdir(join(root, ".next/standalone/.next/node_modules"));
  await symlink("../../node_modules/pg", join(root, ".next/standalone/.next/node_modules/pg-1"));
  await symlink(join(ROOT, "prisma"), join(root, "prisma"));
  base = await layOutBase({ root, folder: join(work, "base"), commit: "0".repeat(40) });
});
afterAll(() => rm(work, { recursive: true }));

function packaged(version: string, overlays: readonly string[] = []) {
  return packageRelease(base, { version, out: join(work, "out"), key, overlays, publishedAt: PUBLISHED });
}

async function contentOf(folder: string, manifest: Manifest): Promise<string[]> {
  const paths: string[] = [];
  await list({ file: join(folder, manifest.archive.name), onReadEntry: (entry) => void paths.push(entry.path) });
  return paths;
}

async function overlay(name: string, files: Record<string, string>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(work, name, path)), { recursive: true });
    await writeFile(join(work, name, path), content);
  }
  return join(work, name);
}

test("a release holds the app, its own identity, the migrations and the bundles, and nothing that lay about", async () => {
  const { folder, manifest } = await packaged("1.0.0");
  const paths = await contentOf(folder, manifest);
  const top = "filaops-1.0.0/";
  for (const path of [
    "server.js",
    "next-server.js",
    "release-info.json",
    ".next/static/chunk.js",
    "public/logo.svg",
    "bin/migrate.mjs",
    "node_modules/@node-rs/argon2/index.js",
  ]) {
    expect(paths).toContain(top + path);
  }
  expect(paths).toContain(`${top}prisma/migrations/${manifest.migrations.head}/migration.sql`);
  expect(paths.filter((path) => path.includes(".env") || path.includes("stray"))).toEqual([]);
  expect(paths.every((path) => path.startsWith(top))).toBe(true);
  expect(paths).toEqual(paths.toSorted());
});

test("the same files make the same archive", async () => {
  const first = (await packaged("1.0.1")).manifest.archive;
  const second = (await packaged("1.0.1")).manifest.archive;
  expect(second).toEqual(first);
});

test("the real minisign accepts the signature", async () => {
  const { folder } = await packaged("1.0.2");
  await writeFile(join(work, "release.pub"), keys.publicKey);
  const { stdout } = await run("minisign", ["-V", "-Q", "-p", join(work, "release.pub"), "-m", join(folder, "release.json")]);
  expect(stdout.trim()).toBe("filaops 1.0.2");
});

test("overlays replace files, add migrations and say their part of the manifest, and leave the base as it was", async () => {
  const first = await overlay("first", {
    "server.js": "first",
    "public/logo.svg": "new",
    "release.json": '{"fixes":["a"],"severity":"security"}',
    "notes.md": "first notes",
    "prisma/migrations/29990101000000_more/migration.sql": "-- compat: additive\nSELECT 1;",
  });
  const second = await overlay("second", {
    "server.js": "second",
    "release.json": '{"fixes":["b"]}',
    "notes.md": "second notes",
  });
  const { folder, manifest } = await packaged("1.1.0", [first, second]);
  expect(manifest).toMatchObject({ fixes: ["b"], severity: "security", totals: { changed: [] } });
  expect(manifest.migrations.head).toBe("29990101000000_more");
  expect(await readFile(join(folder, "notes.md"), "utf8")).toBe("second notes");
  const paths = await contentOf(folder, manifest);
  expect(paths.filter((path) => /^[^/]+\/(release\.json|notes\.md)$/.test(path))).toEqual([]);

  expect(await readFile(join(base.folder, "server.js"), "utf8")).toContain("next-server.js");
  expect(await readFile(join(base.folder, "package.json"), "utf8")).toContain('"0.0.0"');
  expect((await packaged("1.0.3")).manifest.migrations.head).not.toContain("29990101");
});

test("a part of a manifest with a word that nobody knows is refused", async () => {
  const wrong = await overlay("wrong", { "release.json": '{"fixs":["a"]}' });
  await expect(packaged("1.1.1", [wrong])).rejects.toThrow("fixs");
});

test("the demonstration's releases can be packaged, and their migrations are of a form that is applied", async () => {
  const releases = join(ROOT, "scripts", "demo-releases");
  for (const version of await readdir(releases)) {
    // What 1.1.0 brought is also in all that follow.
    const overlays = [...new Set(["1.1.0", version])].map((name) => join(releases, name));
    const { folder, manifest } = await packaged(version, overlays);
    expect(manifest.version).toBe(version);
    expect(await readFile(join(folder, "release.pub"), "utf8")).toBe(keys.publicKey);
    expect((await readFile(join(folder, "notes.md"), "utf8")).length).toBeGreaterThan(50);
    const own: string[] = [];
    for (const folder of overlays.map((path) => join(path, "prisma", "migrations"))) {
      if (await exists(folder)) own.push(...(await readMigrations(folder)).map(({ name }) => name));
    }
    expect(manifest.migrations.head.endsWith(own.toSorted().at(-1) ?? "_first")).toBe(true);
  }
});

test("what is packaged and published is found, verified, downloaded and unpacked", async () => {
  const published = join(work, "published");
  const script = await overlay("marked", { "public/mark.txt": "it is 1.1.0" });
  await packageRelease(base, { version: "1.1.0", out: published, key, overlays: [script], publishedAt: PUBLISHED });
  await using stack = new AsyncDisposableStack();
  const feed = await startFeed({ folder: published });
  stack.defer(() => feed.close());

  const paths = homePaths(join(work, "home"));
  await mkdir(paths.keys, { recursive: true });
  await writeFile(paths.releaseKey, keys.publicKey);
  const releases = configSchema.shape.releases.parse({ api: feed.url });
  const checker = createReleaseChecker({
    config: { releases },
    paths,
    clock: { now: () => new Date("2026-11-23T12:00:00Z") },
    log: silentLog,
    random: () => 0,
    installed: () => Promise.resolve({ version: "1.0.0", highestCommitted: "1.0.0", updaterVersion: "1.0.0", postgresMajor: 15 }),
    settings: () => Promise.resolve({ v: 1, channel: "stable", automatic: true }),
    instance: () => Promise.resolve("01JD0000000000000000000FRM"),
    shelf: createBundleShelf(paths, { kind: "archive" }),
  });
  const status = await checker.check({ force: false });
  if (status.kind !== "available") throw new Error(JSON.stringify(status));
  await fetchRelease(paths, status.release, { clock: systemClock });
  expect(await readFile(join(paths.release("1.1.0"), "public", "mark.txt"), "utf8")).toBe("it is 1.1.0");
  expect(await readdir(join(paths.release("1.1.0"), ".next", "node_modules", "pg-1"))).toEqual(["index.js"]);
  expect((await run("node", [join(paths.release("1.1.0"), "bin", "migrate.mjs")])).stdout).toContain("a/b true");
});
