import { randomBytes } from "node:crypto";
import { chmod, open } from "node:fs/promises";
import type { Config } from "../../server/platform/config.ts";
import { readSecret } from "../../server/platform/config.ts";
import { AppError } from "../../server/platform/errors.ts";
import { isErrno, makeFolder, syncFolder, writeAtomically } from "../../server/platform/files.ts";
import type { HomePaths } from "../../server/platform/home.ts";

const SECRET_BYTES = 32;

/** Makes the folders, the secrets, the pinned key and the configuration of a home. Secrets and key that are there stay: they may be in use. */
export async function layOut(paths: HomePaths, { config, releaseKey }: { config: Config; releaseKey: string }): Promise<void> {
  // Others may pass through the home (PostgreSQL runs as a user of its own), but see nothing of what is in its folders.
  await makeFolder(paths.home, 0o755);
  const { keys, webKeys, ownerKeys, backups, plans, updates, logs } = paths;
  for (const folder of [keys, webKeys, ownerKeys, backups, plans, updates, logs]) await makePrivate(folder, 0o700);
  for (const folder of [paths.run, paths.gate, paths.door, paths.shared, paths.releases]) await makePrivate(folder, 0o750);
  const { ownerPassword, appPassword, authSecret, webToken, operatorToken, instanceKey } = paths;
  for (const path of [ownerPassword, appPassword, authSecret, webToken, operatorToken, instanceKey]) await makeSecret(path);
  await writeSecret(paths.releaseKey, releaseKey);
  if ((await readSecret(paths.releaseKey)) !== releaseKey.trim()) {
    throw new AppError("config-invalid", { path: paths.releaseKey, reason: "another key was given before" });
  }
  for (const folder of [paths.keys, paths.webKeys, paths.ownerKeys]) await syncFolder(folder);
  await writeAtomically(paths.config, `${JSON.stringify(config, null, 2)}\n`);
}

/** Makes a random secret, if there is none yet. Letters, digits, `-` and `_` only: it goes through files, URLs and headers. */
export function makeSecret(path: string): Promise<void> {
  return writeSecret(path, randomBytes(SECRET_BYTES).toString("base64url"));
}

async function makePrivate(path: string, mode: number): Promise<void> {
  await makeFolder(path, mode);
  await chmod(path, mode);
}

/** Writes a secret that nobody else may read, if there is none yet; one that is there is in use. */
async function writeSecret(path: string, content: string): Promise<void> {
  try {
    const file = await open(path, "wx", 0o600);
    try {
      await file.writeFile(`${content.trim()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
}
