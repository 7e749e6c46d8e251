import { cp, link, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { versionSchema } from "../../server/platform/contract.ts";
import { exists, makeFolder, parseJson, readJson, remove } from "../../server/platform/files.ts";
import type { BuildInfo, Manifest } from "../../server/releases/contract.ts";
import { manifestSchema } from "../../server/releases/contract.ts";
import type { SecretKey } from "../../server/releases/minisign.ts";
import { writePublication } from "../../server/releases/publication.ts";
import { packFolder } from "./archive.ts";
import type { Base } from "./base.ts";

export type Packaging = {
  version: string;
  /** Gets a folder named by the version: archive, `release.json`, signature, notes, how it is listed. Replaced when it is there. */
  out: string;
  key: SecretKey;
  /**
   * Folders whose files are laid over the base, later ones over earlier ones. Two of their files are not: `release.json` is a part of the
   * manifest, whose fields replace what is there, and `notes.md` the notes.
   */
  overlays?: readonly string[];
  notes?: string;
  publishedAt: Date;
};

const PART = "release.json";
const NOTES = "notes.md";
const MIGRATIONS = join("prisma", "migrations");
const YEAR_MS = 365 * 24 * 3_600_000;
/** The versions of PostgreSQL that FilaOps is tried with, and the ones between. */
const POSTGRES = { min: 15, max: 18 };

/** Makes a signed release out of a base and its overlays. Bases are not changed, and may serve any number of releases. */
export async function packageRelease(base: Base, packaging: Packaging): Promise<{ folder: string; manifest: Manifest }> {
  const version = versionSchema.parse(packaging.version);
  const overlays = packaging.overlays ?? [];
  const folder = join(packaging.out, version);
  await remove(folder);
  await makeFolder(folder);
  // Beside the base, so that the two can share files.
  const parent = await mkdtemp(join(dirname(base.folder), `${basename(base.folder)}-`));
  try {
    const top = `filaops-${version}`;
    const tree = join(parent, top);
    await linkTree(base.folder, tree);
    for (const overlay of overlays) await layOver(overlay, tree);
    const migrations = await migrationsOf(tree);
    await writeIdentity(tree, { version, commit: base.commit, schemaHead: migrations.head });

    const name = `${top}.tar.gz`;
    const archive = { name, ...(await packFolder({ parent, top, file: join(folder, name) })) };
    const manifest = manifestSchema.parse({
      ...defaults(base, packaging),
      ...(await partsOf(overlays)),
      version,
      archive,
      migrations,
    });
    await writePublication(folder, { manifest, notes: await notesOf(packaging), key: packaging.key });
    return { folder, manifest };
  } finally {
    await rm(parent, { recursive: true });
  }
}

/** Makes the base itself a release, without archive and signature: for an image, which is its own archive. */
export async function layOutRelease(base: Base, version: string): Promise<void> {
  const { head } = await migrationsOf(base.folder);
  await writeIdentity(base.folder, { version: versionSchema.parse(version), commit: base.commit, schemaHead: head });
}

function defaults(base: Base, { publishedAt }: Packaging): z.input<typeof manifestSchema> {
  return {
    schema: 1,
    product: "filaops",
    version: "0.0.0",
    publishedAt: publishedAt.toISOString(),
    expires: new Date(publishedAt.getTime() + YEAR_MS).toISOString(),
    upgradeFrom: "1.0.0",
    minUpdater: "1.0.0",
    commit: base.commit,
    archive: { name: "-", sha256: "0".repeat(64), bytes: 1 },
    migrations: { head: "", count: 0 },
    node: { min: base.nodeMin },
    postgres: POSTGRES,
  };
}

/** The same tree by hard links: a release differs from the next in a few files only. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map((entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) return linkTree(source, target);
      return entry.isSymbolicLink() ? relink(source, target) : link(source, target);
    }),
  );
}

async function relink(source: string, target: string): Promise<void> {
  await symlink(await readlink(source), target);
}

/** What is replaced is removed first: written in place, it would change in the base and in every release that shares it. */
async function layOver(overlay: string, tree: string): Promise<void> {
  for (const entry of await readdir(overlay, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const target = join(tree, source.slice(overlay.length));
    if (entry.isDirectory() || (entry.parentPath === overlay && [PART, NOTES].includes(entry.name))) continue;
    await remove(target);
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target);
  }
}

async function migrationsOf(tree: string): Promise<Manifest["migrations"]> {
  const names = await readdir(join(tree, MIGRATIONS));
  const folders: string[] = [];
  for (const name of names.toSorted()) {
    if ((await lstat(join(tree, MIGRATIONS, name))).isDirectory()) folders.push(name);
  }
  return { head: folders.at(-1) ?? "", count: folders.length };
}

/** What the release says that it is: to the app and the updater, and in package.json to whoever looks there. */
async function writeIdentity(tree: string, info: BuildInfo): Promise<void> {
  const path = join(tree, "package.json");
  const own = parseJson(await readFile(path, "utf8"), z.looseObject({}), path);
  await remove(path);
  await writeFile(path, `${JSON.stringify({ ...own, version: info.version }, null, 2)}\n`);
  await writeFile(join(tree, "release-info.json"), `${JSON.stringify(info, null, 2)}\n`);
}

/** Read as they are, not through the schema: its defaults would replace what an earlier overlay says. The whole is checked afterwards. */
async function partsOf(overlays: readonly string[]): Promise<Partial<Manifest>> {
  const part = z.partialRecord(manifestSchema.keyof(), z.unknown());
  const parts = await Promise.all(overlays.map((overlay) => readJson(join(overlay, PART), part)));
  return Object.assign({}, ...parts) as Partial<Manifest>;
}

async function notesOf({ overlays = [], notes, version }: Packaging): Promise<string> {
  if (notes !== undefined) return notes;
  const own = overlays.at(-1);
  const path = join(own ?? "", NOTES);
  return own !== undefined && (await exists(path)) ? readFile(path, "utf8") : `FilaOps ${version}.\n`;
}
