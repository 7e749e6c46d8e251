import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Handover } from "./contract.ts";
import { handoverSchema } from "./contract.ts";

/** The last handover of gate and updater; `null` when there was none. */
export function readHandover(paths: Pick<HomePaths, "handover">): Promise<Handover | null> {
  return readJson(paths.handover, handoverSchema);
}

export async function writeHandover(paths: Pick<HomePaths, "handover">, handover: Omit<Handover, "v">): Promise<void> {
  await writeAtomically(paths.handover, `${JSON.stringify({ v: 1, ...handover }, null, 2)}\n`);
}
