import { realpath, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import { sha256Schema, versionSchema } from "../platform/contract.ts";
import { download, fetchLimited } from "../platform/http.ts";
import { AppError } from "../platform/errors.ts";
import { exists, makeFolder, readJson, remove, syncFolder, syncTree, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Release } from "../releases/contract.ts";
import { buildInfoSchema } from "../releases/contract.ts";
import { bundledArchiveIsHere, copyFromBundle } from "./bundled.ts";
import type { FetchOptions } from "./driver.ts";
import { readSlots } from "./slots.ts";
import { unpack } from "./unpack.ts";

/** `.artifact.json` in a release's folder: it came whole, from an archive with this digest. Written last. */
const artifactSchema = z.object({ v: z.literal(1), version: versionSchema, sha256: sha256Schema });

export type ArchiveFile = { path: string; version: string; sha256: string };

/** Whether the release's folder is there and whole. */
export async function hasRelease(paths: HomePaths, version: string): Promise<boolean> {
  return (await digestOf(paths, version)) !== null;
}

/** Whether the release's archive answers where it should be fetched from, or its bundle is here and whole; throws when it does not. */
export async function archiveAnswers(paths: HomePaths, release: Release): Promise<void> {
  if (release.archiveUrl === null) return bundledArchiveIsHere(paths, release);
  const { status } = await fetchLimited(release.archiveUrl, { method: "HEAD", maxBytes: 64 * 1024, timeoutMs: 10_000 });
  if (status !== 200) {
    throw new AppError("service-unreachable", { service: "The place of the release", reason: `it answered ${status}` });
  }
}

/** Downloads the release's archive or takes it out of its bundle, compares it with the signed digest and makes the release's folder of it. Does nothing when it is there with this digest. */
export async function fetchRelease(
  paths: HomePaths,
  release: Release,
  { onBytes, signal, clock }: FetchOptions & { clock: Clock },
): Promise<void> {
  const version = versionSchema.parse(release.version);
  const { sha256, bytes } = release.manifest.archive;
  if ((await digestOf(paths, version)) === sha256) return;
  await makeFolder(paths.releases);
  const archive = `${paths.release(version)}.tar.gz`;
  try {
    const options = { onBytes: (done: number) => onBytes?.(done, bytes), ...(signal === undefined ? {} : { signal }) };
    if (release.archiveUrl === null) await copyFromBundle(paths, release, { ...options, path: archive });
    else await download(release.archiveUrl, archive, { ...options, sha256, bytes, clock });
    signal?.throwIfAborted();
    await installArchive(paths, { path: archive, version, sha256 });
  } finally {
    await remove(archive);
  }
}

/**
 * Makes the release's folder of an archive whose digest was compared already. The folder gets its name when all in it is on the disk; until then,
 * and when anything fails, there is none. Throws `archive-refused`, `disk-full` or `release-in-use`.
 */
export async function installArchive(paths: HomePaths, { path, version, sha256 }: ArchiveFile): Promise<void> {
  const partial = `${paths.release(version)}.partial`;
  await unpack({ archive: path, folder: partial, top: `filaops-${version}`, version });
  try {
    await refuseOther(partial, version);
    await syncTree(partial);
    await writeAtomically(join(partial, ".artifact.json"), JSON.stringify({ v: 1, version, sha256 }));
    await removeRelease(paths, version); // the same version with another digest
    await rename(partial, paths.release(version));
    await syncFolder(paths.releases);
  } catch (error) {
    await remove(partial);
    throw error;
  }
}

/**
 * Removes the release's folder; that there is none is fine. Throws `release-in-use` when a slot has it, dead or alive (a dead one is started
 * again), or when gate and updater are started from it.
 */
export async function removeRelease(paths: HomePaths, version: string): Promise<void> {
  const folder = paths.release(versionSchema.parse(version));
  if (!(await exists(folder))) return;
  const slots = Object.values(await readSlots(paths));
  const isProgram = (await exists(paths.program)) && (await realpath(paths.program)) === (await realpath(folder));
  if (isProgram || slots.some((instance) => instance.version === version)) throw new AppError("release-in-use", { version });
  // Half removed, it must not look whole: it loses its name first.
  const partial = `${folder}.removed`;
  await remove(partial);
  await rename(folder, partial);
  await syncFolder(paths.releases);
  await remove(partial);
}

async function digestOf(paths: HomePaths, version: string): Promise<string | null> {
  const file = join(paths.release(versionSchema.parse(version)), ".artifact.json");
  const artifact = await readJson(file, artifactSchema);
  return artifact?.version === version ? artifact.sha256 : null;
}

/** An archive that says to be another version, or that cannot be started, is not the one that was meant. */
async function refuseOther(folder: string, version: string): Promise<void> {
  const info = await readJson(join(folder, "release-info.json"), buildInfoSchema);
  if (info?.version !== version) {
    throw new AppError("archive-refused", {
      version,
      reason: `it holds ${info === null ? "no release" : `version ${info.version}`}`,
    });
  }
  for (const file of ["server.js", "bin/migrate.mjs"]) {
    if (!(await exists(join(folder, file)))) throw new AppError("archive-refused", { version, reason: `it lacks ${file}` });
  }
}
