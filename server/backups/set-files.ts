import { constants } from "node:fs";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ReferredFile } from "../databases/referred-files.ts";
import { sha256Schema } from "../platform/contract.ts";
import { exists, isErrno, makeFolder, namesIn, remove, syncFolder } from "../platform/files.ts";
import type { FileSum } from "./checksums.ts";
import { sumFile } from "./checksums.ts";

/** Where a set keeps the uploaded files, each under its sha256. */
export const SET_FILES = "files";

export type FilesTaken = { sums: FileSum[]; /** Referred to, and not there or not what they should be. */ lacking: string[] };

/**
 * Takes the uploaded files that a database refers to into a set. Each is hashed as it is in the set. What an earlier set has already is shared with it
 * by a hard link, since sets never change and are nobody else's; it is never linked to the folder of uploads, which the app may write. A file that
 * is gone or damaged is told, and does not stop the backup of everything else.
 */
export async function takeFiles(
  from: { uploads: string; earlier: string | null; signal?: AbortSignal },
  set: string,
  referred: readonly ReferredFile[],
): Promise<FilesTaken> {
  const taken: FilesTaken = { sums: [], lacking: [] };
  if (referred.length === 0) return taken;
  await makeFolder(join(set, SET_FILES), 0o700);
  for (const { sha256 } of referred) {
    from.signal?.throwIfAborted();
    const sum = await takeOne(from, set, sha256Schema.parse(sha256));
    if (sum === null) taken.lacking.push(sha256);
    else taken.sums.push(sum);
  }
  return taken;
}

async function takeOne(from: { uploads: string; earlier: string | null }, set: string, sha256: string): Promise<FileSum | null> {
  const path = join(SET_FILES, sha256);
  const target = join(set, path);
  const ways = [
    ...(from.earlier === null ? [] : [() => link(join(from.earlier ?? "", path), target)]),
    () => copyAnew(join(from.uploads, sha256), target),
  ];
  for (const take of ways) {
    try {
      await take();
      const sum = await sumFile(set, path);
      if (sum.sha256 === sha256) return sum;
    } catch (error) {
      // Not in the earlier set, on another disk than it, or not among the uploads either.
      if (!["ENOENT", "EXDEV", "EPERM", "ELOOP", "EMLINK"].some((code) => isErrno(error, code))) throw error;
    }
    await remove(target);
  }
  return null;
}

/**
 * Puts a set's files back among the uploads: those that are missing there, or are not what their name says. The others stay. Durable when it returns;
 * nothing refers to them yet. Says how many were put back.
 */
export async function putFilesBack(set: string, uploads: string): Promise<number> {
  if (!(await exists(join(set, SET_FILES)))) return 0;
  const owner = await stat(uploads);
  let count = 0;
  for (const name of await readdir(join(set, SET_FILES))) {
    const sha256 = sha256Schema.parse(name);
    if (await isWhole(uploads, sha256)) continue;
    const aside = join(uploads, `upload-restored-${sha256}`);
    await rm(aside, { force: true });
    // It is the app's, as if it had been uploaded.
    await copyAnew(join(set, SET_FILES, sha256), aside, owner);
    await rename(aside, join(uploads, sha256));
    count += 1;
  }
  await syncFolder(uploads);
  return count;
}

/**
 * Copies a file into one that was not there; flushed. The app may write the folder of uploads, so that nothing in it is followed and nothing is done to
 * what only has the name: what was opened is what is read, written and given away.
 */
async function copyAnew(from: string, to: string, owner?: { uid: number; gid: number }): Promise<void> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o640);
    try {
      for await (const chunk of source.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        await target.writeFile(chunk);
      }
      if (owner !== undefined) await target.chown(owner.uid, owner.gid);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function isWhole(uploads: string, sha256: string): Promise<boolean> {
  try {
    return (await sumFile(uploads, sha256)).sha256 === sha256;
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ELOOP")) return false;
    throw error;
  }
}

/** The uploaded files that any set holds, whatever its state. */
export async function heldFiles({ backups }: { backups: string }): Promise<Set<string>> {
  const held = new Set<string>();
  for (const set of await namesIn(backups)) {
    for (const name of await namesIn(join(backups, set, SET_FILES))) held.add(name);
  }
  return held;
}
