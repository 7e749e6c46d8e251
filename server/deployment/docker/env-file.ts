import { chown, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isErrno, writeAtomically } from "../../platform/files.ts";
import { profilesWith, valueOf, withValues } from "./rules/env-file.ts";

/**
 * Writes into the project's `.env` which slot serves people and of which image, so that `docker compose up -d` by hand, and a reboot, bring up
 * what runs now. Replaced whole, with its owner and mode, and only when something differs.
 */
export async function writeEnvFile(folder: string, { slot, image }: { slot: "blue" | "green"; image: string }): Promise<void> {
  const path = join(folder, ".env");
  const before = await readOwned(path);
  const text = withValues(before.text, {
    COMPOSE_PROFILES: profilesWith(valueOf(before.text, "COMPOSE_PROFILES"), slot),
    [`FILAOPS_${slot.toUpperCase()}_IMAGE`]: image,
  });
  if (text === before.text) return;
  await writeAtomically(path, text, before.mode);
  if (before.owner !== null) await chown(path, before.owner.uid, before.owner.gid);
}

async function readOwned(path: string) {
  try {
    const { mode, uid, gid } = await stat(path);
    return { text: await readFile(path, "utf8"), mode: mode & 0o777, owner: { uid, gid } };
  } catch (error) {
    if (isErrno(error, "ENOENT")) return { text: "", mode: 0o640, owner: null };
    throw error;
  }
}
