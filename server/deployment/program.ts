import { readlink, rename, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { isErrno, remove, syncFolder } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";

/** Points the link `program`, from which a service manager starts the launcher, at a release: at every moment it leads to the one or the other. */
export async function pointProgram(paths: Pick<HomePaths, "home" | "program">, version: string): Promise<void> {
  const aside = `${paths.program}.new`;
  await remove(aside);
  await symlink(join("releases", version), aside);
  await rename(aside, paths.program);
  await syncFolder(paths.home);
}

/** The version of the release that the link `program` leads to; `null` without a link. */
export async function programVersion(paths: Pick<HomePaths, "program">): Promise<string | null> {
  try {
    return basename(await readlink(paths.program));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
