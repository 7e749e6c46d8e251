import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isErrno, writeAtomically } from "../../platform/files.ts";
import { profilesWith, valueOf, withValues } from "./rules/env-file.ts";

/** Which image gate and updater are of; see `writeEnvFile`. */
export async function writeProgramImages(folder: string, { updater, gate }: { updater: string; gate: string }): Promise<void> {
  await change(folder, () => ({ FILAOPS_IMAGE: updater, FILAOPS_GATE_IMAGE: gate }));
}

/**
 * Writes into the project's `.env` which slot serves people and of which image, so that `docker compose up -d` by hand, and a reboot, bring up
 * what runs now. Replaced whole, with its owner and mode, and only when something differs.
 */
export async function writeEnvFile(folder: string, { slot, image }: { slot: "blue" | "green"; image: string }): Promise<void> {
  await change(folder, (text) => ({
    COMPOSE_PROFILES: profilesWith(valueOf(text, "COMPOSE_PROFILES"), slot),
    [`FILAOPS_${slot.toUpperCase()}_IMAGE`]: image,
  }));
}

async function change(folder: string, values: (text: string) => Record<string, string>): Promise<void> {
  const path = join(folder, ".env");
  const before = await readOwned(folder, path);
  const text = withValues(before.text, values(before.text));
  if (text === before.text) return;
  await writeAtomically(path, text, { mode: before.mode, owner: before.owner });
}

/** One that is not there yet will be its folder's owner's: the operator's, who has to read it. */
async function readOwned(folder: string, path: string) {
  try {
    const { mode, uid, gid } = await stat(path);
    return { text: await readFile(path, "utf8"), mode: mode & 0o777, owner: { uid, gid } };
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    const { uid, gid } = await stat(folder);
    return { text: "", mode: 0o640, owner: { uid, gid } };
  }
}
