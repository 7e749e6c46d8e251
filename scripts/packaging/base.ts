import { cp, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BuildOptions } from "esbuild";
import { build } from "esbuild";
import { z } from "zod";
import { exists, makeFolder, parseJson, remove } from "../../server/platform/files.ts";
import { run } from "../../server/platform/process.ts";

/** What all releases of one build share, laid out as a release's folder is; see `packageRelease`. */
export type Base = { folder: string; commit: string; nodeMin: string };

/** The entry points that go into a release's `bin/`, as far as they exist. */
const ENTRIES = ["start", "gate", "updater", "perform-update", "migrate", "filaops", "install", "container", "send-message"];
/**
 * Next copies whatever it believes is read at run time, and whatever `.env` lies about: only these of its folder are a release's. Native code
 * cannot be bundled; the bundles in `bin/` find it in the same node_modules as the app.
 */
const OF_NEXT = [".next", "node_modules", "package.json"];
const NATIVE = ["@node-rs/argon2", "pg-native"];
const NATIVE_SCOPES = ["@node-rs"];

/** CommonJS inside of a bundle asks for Node's own modules by `require`, which a module does not have. */
const REQUIRE = 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

/** The app's entry: Next's own server under another name, so that what is added around it needs no change of Next's file. */
const SERVER = 'import "./next-server.js";\n';

/**
 * Lays out the files that every release of a build has in `folder` (made anew), out of the finished Next build in `root` and the scripts
 * beside it. Takes some seconds; the releases made of it share its files.
 */
export async function layOutBase({ root, folder, commit }: { root: string; folder: string; commit?: string }): Promise<Base> {
  const standalone = join(root, ".next", "standalone");
  if (!(await exists(join(standalone, "server.js")))) {
    throw new Error(`There is no finished build in ${standalone}: run \`npm run build\` first.`);
  }
  await remove(folder);
  await makeFolder(folder);
  for (const name of OF_NEXT) await copy(join(standalone, name), join(folder, name));
  await copy(join(standalone, "server.js"), join(folder, "next-server.js"));
  await writeFile(join(folder, "server.js"), SERVER);
  await copy(join(root, ".next", "static"), join(folder, ".next", "static"));
  if (await exists(join(root, "public"))) await copy(join(root, "public"), join(folder, "public"));
  await copy(join(root, "prisma", "migrations"), join(folder, "prisma", "migrations"));
  await bundle(root, join(folder, "bin"));
  await addNative(root, folder);
  return { folder, commit: commit ?? (await commitOf(root)), nodeMin: await nodeOf(root) };
}

async function copy(from: string, to: string): Promise<void> {
  // Links are kept as they are: Next's lead from its external packages to node_modules, inside of the release.
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => !basename(path).startsWith(".env") });
}

/** Bundles the entry points of `<root>/scripts` into `outdir`, as a release has them in its `bin/`. */
export async function bundle(root: string, outdir: string): Promise<void> {
  const there = new Set(await readdir(join(root, "scripts")));
  const entries = ENTRIES.filter((name) => there.has(`${name}.ts`)).map((name) => join(root, "scripts", `${name}.ts`));
  const common = {
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: REQUIRE },
    external: NATIVE,
    alias: { ssh2: join(import.meta.dirname, "no-ssh.cjs") },
    sourcemap: false,
    legalComments: "none",
    logLevel: "error",
  } satisfies BuildOptions;
  // Each release brings migrations of its own, in one file. So is the gate: it is another one only when something of its own changed, and whoever waits for
  // a new one waits for less. Of the others, what several use is there once, and each loads only what it reaches.
  const isWhole = (path: string) => ["migrate.ts", "gate.ts"].includes(basename(path));
  await build({ ...common, entryPoints: entries.filter(isWhole) });
  await build({ ...common, entryPoints: entries.filter((path) => !isWhole(path)), splitting: true, chunkNames: "shared-[hash]" });
}

/** The app's trace follows only what the app itself loads; the updater checks passwords too. */
async function addNative(root: string, folder: string): Promise<void> {
  for (const scope of NATIVE_SCOPES) {
    const from = join(root, "node_modules", scope);
    for (const name of await readdir(from)) {
      const to = join(folder, "node_modules", scope, name);
      if (!(await exists(to))) await copy(join(from, name), to);
    }
  }
}

async function commitOf(root: string): Promise<string> {
  return (await run("git", ["rev-parse", "HEAD"], { cwd: root })).stdout.trim();
}

async function nodeOf(root: string): Promise<string> {
  const path = join(root, "package.json");
  const { engines } = parseJson(await readFile(path, "utf8"), z.object({ engines: z.object({ node: z.string() }) }), path);
  const least = /^>=(\d+)$/.exec(engines.node)?.[1];
  if (least === undefined) throw new Error(`${path}: engines.node is expected to be like ">=24".`);
  return `${least}.0.0`;
}
