import type { FileHandle } from "node:fs/promises";
import { open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isErrno, makeFolder } from "./files.ts";

const MAX_BYTES = 10 * 1024 * 1024;

/** Opens a log to append to, for a process that is about to start; a log that has grown large becomes `<path>.1`, in place of the one before. */
export async function openLog(path: string): Promise<FileHandle> {
  await makeFolder(dirname(path));
  try {
    if ((await stat(path)).size > MAX_BYTES) await rename(path, `${path}.1`);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
  return open(path, "a", 0o640);
}
