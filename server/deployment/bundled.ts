import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../platform/errors.ts";
import { freeBytes, isErrno, namesIn, remove } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Member } from "../platform/tar-file.ts";
import { contentOf, membersOf, sha256Of, smallContent, withFile } from "../platform/tar-file.ts";
import { TarError } from "../platform/tar.ts";
import type { Manifest, Release } from "../releases/contract.ts";
import { manifestSchema } from "../releases/contract.ts";

/** A release out of a bundle: a file that somebody brought here. What is trusted is the release that was verified; the bundle has to be the one of that. */

type Taking = { path: string; onBytes: (done: number) => void; signal?: AbortSignal };

const MOST_MEMBERS = 32;
const MOST_MANIFEST_BYTES = 256 * 1024;

/** Whether the release's archive is here and is what was signed, every byte of it. Throws `bundle-gone` or `bundle-differs`. */
export async function bundledArchiveIsHere(paths: Pick<HomePaths, "bundles">, release: Release): Promise<void> {
  await withBundled(paths, bundleOf(release), async (members) => {
    if ((await sha256Of(archiveOf(members, release))) !== release.manifest.archive.sha256) throw differs(release);
  });
}

/** Copies the release's archive out of its bundle, durable, and compares it with what was signed on the way. Throws as above, or `disk-full`; nothing is left then. */
export async function copyFromBundle(paths: Pick<HomePaths, "bundles">, release: Release, taking: Taking): Promise<void> {
  await withBundled(paths, bundleOf(release), async (members) => {
    try {
      await copy(archiveOf(members, release), release, taking);
    } catch (error) {
      await remove(taking.path);
      taking.signal?.throwIfAborted();
      if (!isErrno(error, "ENOSPC") && !isErrno(error, "EDQUOT")) throw error;
      const folder = dirname(taking.path);
      const room = { neededBytes: release.manifest.archive.bytes, freeBytes: await freeBytes(folder) };
      throw new AppError("disk-full", { path: folder, ...room }, { cause: error });
    }
  });
}

/** Which bundle is looked for: its manifest is not verified anew, so `isIt` compares what it names with something that was. */
export type Sought = { version: string; isIt: (manifest: Manifest) => boolean };

/** The bundle of exactly this release. */
export function bundleOf({ version, manifest: { archive, image } }: Pick<Release, "version" | "manifest">): Sought {
  const named = (one: Pick<Manifest, "archive" | "image">) => JSON.stringify([one.archive, one.image?.digests]);
  return { version, isIt: (manifest) => named(manifest) === named({ archive, ...(image === undefined ? {} : { image }) }) };
}

/** Finds the bundle, whatever it is called, and lets `use` read what it holds. Throws `bundle-gone`, or `bundle-differs` for what `use` cannot read. */
export async function withBundled<T>(
  { bundles }: Pick<HomePaths, "bundles">,
  { version, isIt }: Sought,
  use: (members: ReadonlyMap<string, Member>) => Promise<T>,
): Promise<T> {
  for (const name of (await namesIn(bundles)).filter((one) => one.endsWith(".tar")).toSorted()) {
    const used = await withFile(join(bundles, name), async (whole) => {
      const members = new Map((await membersOf(whole, MOST_MEMBERS)).map((member) => [member.path, member]));
      const manifest = await manifestOf(members);
      const isSought = manifest?.version === version && isIt(manifest);
      return isSought ? { value: await use(members).catch(asDifference(version)) } : null;
    }).catch(passOver);
    if (used !== null) return used.value;
  }
  throw new AppError("bundle-gone", { version });
}

/** What is no bundle, or cannot be opened, is not the one that is looked for. */
function passOver(error: unknown): null {
  const isSystem = error instanceof Error && "syscall" in error && error.syscall === "open";
  if (error instanceof TarError || isSystem) return null;
  throw error;
}

function asDifference(version: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TarError)) throw error;
    throw new AppError("bundle-differs", { version, what: error.message }, { cause: error });
  };
}

async function manifestOf(members: ReadonlyMap<string, Member>): Promise<Manifest | undefined> {
  const member = members.get("release.json");
  if (member === undefined) return undefined;
  const text = (await smallContent(member, MOST_MANIFEST_BYTES)).toString("utf8");
  return manifestSchema.safeParse(jsonOrNull(text)).data;
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function archiveOf(members: ReadonlyMap<string, Member>, { version, manifest: { archive } }: Release): Member {
  const member = members.get(archive.name);
  if (member?.bytes === archive.bytes) return member;
  throw new AppError("bundle-differs", {
    version,
    what: member === undefined ? "the archive is missing" : "the archive has another size",
  });
}

async function copy(from: Member, release: Release, { path, onBytes, signal }: Taking): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of contentOf(from, signal)) {
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
      onBytes(bytes);
    }
    if (hash.digest("hex") !== release.manifest.archive.sha256) throw differs(release);
    await file.sync();
  } finally {
    await file.close();
  }
}

function differs({ version }: Release): AppError {
  return new AppError("bundle-differs", { version, what: "the archive has another digest" });
}
