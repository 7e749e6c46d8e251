import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join, relative } from "node:path";

const CHUNK_BYTES = 1024 * 1024;
const AT_ONCE = 4;

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
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { path, bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/** The sums of all files below a folder; some are read while others are added up. */
export async function sumFiles(folder: string): Promise<FileSum[]> {
  const sums: FileSum[] = [];
  const waiting = (await listFiles(folder)).entries();
  const work = async () => {
    for (const [index, path] of waiting) sums[index] = await sumFile(folder, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sums;
}
