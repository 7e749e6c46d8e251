import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readEnv } from "../../server/platform/env.ts";
import { exists } from "../../server/platform/files.ts";
import { homePaths } from "../../server/platform/home.ts";
import { layOutFolders, makePrivate, makeSecret, writeSecret } from "../install/lay-out.ts";
import { RELEASE_FOLDER, homeFolder } from "./settings.ts";

/**
 * Runs at each `docker compose up`: makes folders and secrets, where there are none; the others wait for theirs. As root of the app's group, so that what it makes can be given to containers that are not root.
 */
export async function init(): Promise<void> {
  process.umask(0o027);
  const paths = homePaths(homeFolder());
  await layOutFolders(paths, "shared");
  // PostgreSQL's own image reads it as a user of its own; the folder is given to nobody else.
  await makePrivate(paths.databaseKeys, 0o755);
  await makeSecret(paths.superuserPassword, 0o444);
  // Last of all, so that who finds it finds everything. The key that this installation believes is the one of its first day: another one in a later image changes nothing.
  if (!(await exists(paths.releaseKey))) await writeSecret(paths.releaseKey, await releaseKey());
}

/** The public key of releases: the image's, unless the operator has releases of their own. */
async function releaseKey(): Promise<string> {
  const own = readEnv("FILAOPS_RELEASE_KEY");
  return own === undefined ? readFile(join(RELEASE_FOLDER, "release.pub"), "utf8") : `untrusted comment: from .env\n${own}`;
}
