import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { systemClock } from "../platform/clock.ts";
import { isErrno } from "../platform/files.ts";
import type { StoredFile } from "./contract.ts";
import { contentTypeOf, HEAD_BYTES } from "./rules/content-type.ts";

/** `null` when no such file lies there. The stream closes the file, also when it is destroyed before its end. */
export async function openFile(folder: string, sha256: string): Promise<{ bytes: number; stream: Readable } | null> {
  const handle = await openAt(join(folder, sha256));
  if (handle === null) return null;
  const { size } = await handle.stat();
  return { bytes: size, stream: handle.createReadStream() };
}

/** What lies there under this name, for the row that is about to name it: it counts as new for the collection from now on. `null` when there is nothing. */
export async function claimFile(folder: string, sha256: string): Promise<StoredFile | null> {
  const handle = await openAt(join(folder, sha256));
  if (handle === null) return null;
  try {
    const now = systemClock.now();
    await handle.utimes(now, now);
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return { sha256, bytes: size, contentType: contentTypeOf(buffer.subarray(0, bytesRead)) };
  } finally {
    await handle.close();
  }
}

/** The folder is the app's own: a link in it is not followed. */
async function openAt(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
