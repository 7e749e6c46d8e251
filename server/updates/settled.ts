import { join } from "node:path";
import { exists, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";

/** Whether a person has put right what a run left behind when it ended `needs_attention`. */
export function isSettled(paths: HomePaths, run: string): Promise<boolean> {
  return exists(marker(paths, run));
}

/** Writes down that it was put right. */
export function markSettled(paths: HomePaths, run: string, at: Date): Promise<void> {
  return writeAtomically(marker(paths, run), JSON.stringify({ at: at.toISOString() }));
}

function marker(paths: HomePaths, run: string): string {
  return join(paths.update(run), "settled.json");
}
