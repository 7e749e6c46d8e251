import { constants } from "node:fs";
import { lstat, mkdir, open, readFile, rename, rm, stat, statfs, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { AppError } from "./errors.ts";

/** The unit of `stat.blocks`, in bytes, whatever the disk's own is (stat(2)). */
const BLOCK = 512;

/** Flushes a folder's entries to the disk, so that a rename or a new file in it survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes a file's content to the disk. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file whole: readers see the old content or the new, also after a power cut. Writes aside, flushes, renames, flushes the folder.
 * The name aside holds the process id, so that two writers cannot mix their bytes. With an owner, the new file is given away before it is seen.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  permissions: number | { mode: number; owner: { uid: number; gid: number } } = 0o644,
): Promise<void> {
  const { mode, owner = null } = typeof permissions === "number" ? { mode: permissions } : permissions;
  const aside = `${path}.${process.pid}.tmp`;
  const handle = await open(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, mode);
  try {
    await handle.writeFile(content);
    if (owner !== null) await handle.chown(owner.uid, owner.gid);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
  await syncFolder(dirname(path));
}

/** Reads and parses one of our own JSON files; `null` when there is none. What does not parse is an error for a person, never a default. */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S> | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw new AppError("file-unreadable", { path, reason: String(error) }, { cause: error });
  }
  return parseJson(text, schema, path);
}

/** Parses text as JSON of the given shape; the error names where the text came from. */
export function parseJson<S extends z.ZodType>(text: string, schema: S, from: string): z.infer<S> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new AppError("file-unreadable", { path: from, reason: "it is not JSON" }, { cause: error });
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AppError("file-unreadable", { path: from, reason: firstIssue(parsed.error) }, { cause: parsed.error });
}

/** The first thing that a schema found wrong, as `where: what`. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "its shape is unknown" : `${issue.path.join(".") || "the whole"}: ${issue.message}`;
}

export async function makeFolder(path: string, mode = 0o755): Promise<void> {
  await mkdir(path, { recursive: true, mode });
}

/** Removes a file or a folder with all that is in it; that it is not there is fine. */
export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) return false;
    throw error;
  }
}

/** Bytes that an unprivileged process may still write on the disk that holds `path`. */
export async function freeBytes(path: string): Promise<number> {
  const disk = await statfs(path);
  return disk.bavail * disk.bsize;
}

/** Bytes of all files below a folder; symbolic links are not followed. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * What a folder takes on the disk, in bytes: whole blocks, and what has several names counts once. What goes away meanwhile counts as gone; a folder that is
 * not there takes nothing.
 */
export async function diskBytes(folder: string): Promise<number> {
  const [counted, folders] = [new Set<number>(), [folder]];
  let bytes = 0;
  for (const below of folders) {
    for (const entry of await readdir(below, { withFileTypes: true }).catch(ifGone([]))) {
      const path = join(below, entry.name);
      const found = await lstat(path).catch(ifGone(null));
      if (found === null || counted.has(found.ino)) continue;
      counted.add(found.ino);
      bytes += found.blocks * BLOCK;
      if (entry.isDirectory()) folders.push(path);
    }
  }
  return bytes;
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(ifGone([]));
}

function ifGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) return instead;
    throw error;
  };
}

/** Flushes every file and folder below `folder`, and the folder itself. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) await syncFile(path);
    else if (entry.isDirectory()) await syncFolder(path);
  }
  await syncFolder(folder);
}

/** Whether a thrown value is a system error with this code (`ENOENT`, `ENOSPC`, …). */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
