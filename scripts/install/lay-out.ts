import { randomBytes } from "node:crypto";
import { chmod, chown, open, readFile } from "node:fs/promises";
import type { Config } from "../../server/platform/config.ts";
import { readSecret } from "../../server/platform/config.ts";
import { AppError } from "../../server/platform/errors.ts";
import { isErrno, makeFolder, syncFolder, writeAtomically } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";

const SECRET_BYTES = 32;

/** Makes the folders, the secrets, the pinned key and the configuration of a home. Secrets and key that are there stay: they may be in use. */
export async function layOut(paths: HomePaths, { config, releaseKey }: { config: Config; releaseKey: string }): Promise<void> {
  await layOutFolders(paths, "own");
  await writeSecret(paths.releaseKey, releaseKey);
  if ((await readSecret(paths.releaseKey)) !== releaseKey.trim()) {
    throw new AppError("config-invalid", { path: paths.releaseKey, reason: "another key was given before" });
  }
  await syncFolder(paths.keys);
  await writeConfig(paths, config);
}

/** Writes the configuration, when it is another than there is. */
export async function writeConfig(paths: HomePaths, config: Config): Promise<void> {
  const text = `${JSON.stringify(config, null, 2)}\n`;
  const before = await readFile(paths.config, "utf8").catch(() => null);
  if (before !== text) await writeAtomically(paths.config, text);
}

/**
 * Makes folders and secrets. Of a home of one user's `own`, nobody else sees anything; of one that is `shared` by containers, the group reads what is
 * in the folders that it is given: those of gate and app, and their secrets. May be called again, and adds what a later version needs.
 */
export async function layOutFolders(paths: HomePaths, kind: "own" | "shared"): Promise<void> {
  const [given, secret, written] = kind === "own" ? ([0o700, 0o600, 0o700] as const) : ([0o750, 0o640, 0o770] as const);
  // Others may pass through the home (PostgreSQL runs as a user of its own), but see nothing of what is in its folders.
  await makeFolder(paths.home, 0o755);
  const { keys, webKeys, ownerKeys, backups, plans, updates, logs } = paths;
  // Docker makes the folders that it is to mount, of root's group.
  if (kind === "shared") {
    const ofApp = [paths.files, paths.imports, paths.exports];
    const mounted = [paths.gate, paths.door, paths.shared, paths.engine, ...ofApp, webKeys, ownerKeys];
    for (const folder of mounted) await makeOurs(folder);
  }
  for (const folder of [keys, backups, plans, updates, logs]) await makePrivate(folder, 0o700);
  for (const folder of [webKeys, ownerKeys]) await makePrivate(folder, given);
  for (const folder of [paths.run, paths.door, paths.shared, paths.releases]) await makePrivate(folder, 0o750);
  // Gate and app write here as members of the group, each into its own.
  await makePrivate(paths.gate, kind === "own" ? 0o750 : 0o770);
  for (const folder of [paths.files, paths.imports, paths.exports]) await makePrivate(folder, written);
  for (const path of [paths.operatorToken, paths.instanceKey]) await makeSecret(path);
  for (const path of [paths.appPassword, paths.authSecret, paths.webToken, paths.ownerPassword]) await makeSecret(path, secret);
  for (const folder of [keys, webKeys, ownerKeys]) await syncFolder(folder);
}

/** Makes a random secret, if there is none yet. Letters, digits, `-` and `_` only: it goes through files, URLs and headers. */
export function makeSecret(path: string, mode = 0o600): Promise<void> {
  return writeSecret(path, randomBytes(SECRET_BYTES).toString("base64url"), mode);
}

export async function makePrivate(path: string, mode: number): Promise<void> {
  await makeFolder(path, mode);
  await chmod(path, mode);
}

async function makeOurs(folder: string): Promise<void> {
  await makeFolder(folder, 0o750);
  await chown(folder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
}

/** Writes a secret, if there is none yet; one that is there is in use. */
export async function writeSecret(path: string, content: string, mode = 0o600): Promise<void> {
  try {
    const file = await open(path, "wx", mode);
    try {
      await file.chmod(mode);
      await file.writeFile(`${content.trim()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
}
