import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** A file of a backup's folder: its path in it, its size, and its SHA-256. */
export type FileSum = { path: string; bytes: number; sha256: string };

/** Paths of all files below a folder, relative to it, in order. Throws when there is anything but files and folders: links are not followed. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd !== undefined) throw new OddEntryError(relative(folder, join(odd.parentPath, odd.name)));
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

/** Something in a backup's folder that no backup of ours contains. */
class OddEntryError extends Error {
  override readonly name = "OddEntryError";
  constructor(path: string) {
    super(`${path} is neither a file nor a folder`);
  }
}

/** Size and SHA-256 of one file, read through once, not through a link. */
export async function sumFile(folder: string, path: string): Promise<FileSum> {
  const handle = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of handle.createReadStream({
      autoClose: false,
      highWaterMark: 1024 * 1024,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { path, bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/** The sums of all files below a folder, one file at a time. */
export async function sumFiles(folder: string): Promise<FileSum[]> {
  const sums: FileSum[] = [];
  for (const path of await listFiles(folder)) sums.push(await sumFile(folder, path));
  return sums;
}
