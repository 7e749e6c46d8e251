import { isErrno, readJson, remove, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { readdir } from "node:fs/promises";
import type { BackupLabel } from "./contract.ts";
import { backupLabelSchema } from "./contract.ts";

type Paths = Pick<HomePaths, "backups" | "backupLabel">;

const BLANK: BackupLabel = { v: 1, keep: false, verifiedAt: null, drilled: null, copied: null, adopted: null, damage: null };
const ENDING = ".label.json";

/** What is known of a backup since it was made; nothing, of one without a label. Throws `file-unreadable` for a torn one. */
export async function readLabel(paths: Paths, id: Ulid): Promise<BackupLabel> {
  return (await readJson(paths.backupLabel(id), backupLabelSchema)) ?? BLANK;
}

/** Changes part of a backup's label; durable when it returns. Labels are written under the run lock or by the updater while no run is under way. */
export async function changeLabel(paths: Paths, id: Ulid, change: Partial<Omit<BackupLabel, "v">>): Promise<void> {
  const label = { ...(await readLabel(paths, id)), ...change };
  await writeAtomically(paths.backupLabel(ulidSchema.parse(id)), `${JSON.stringify(label)}\n`, 0o600);
}

export function removeLabel(paths: Paths, id: Ulid): Promise<void> {
  return remove(paths.backupLabel(ulidSchema.parse(id)));
}

/** The backups that have a label, whether they are still there or not. */
export async function labelled(paths: Paths): Promise<Ulid[]> {
  try {
    const names = (await readdir(paths.backups)).filter((name) => name.endsWith(ENDING));
    return names.map((name) => name.slice(0, -ENDING.length)).filter((name) => ulidSchema.safeParse(name).success);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}
