import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../platform/files.ts";
import type { PresentFile } from "./rules/collectable.ts";

/** All that lies in the folder of stored files, whole or not; nothing when there is no folder yet. */
export async function presentFiles(folder: string): Promise<PresentFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  });
  const found = await Promise.all(names.map((name) => present(folder, name)));
  return found.filter((file) => file !== null);
}

async function present(folder: string, name: string): Promise<PresentFile | null> {
  try {
    const { mtimeMs } = await lstat(join(folder, name));
    return { name, modifiedAt: mtimeMs };
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
