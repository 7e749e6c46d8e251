import { rename, writeFile } from "node:fs/promises";
import { readJson } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { Status } from "./contract.ts";
import { statusSchema } from "./contract.ts";

/** The status of the open run, or of the last one; `null` before the first. */
export function readStatus(paths: HomePaths): Promise<Status | null> {
  return readJson(paths.status, statusSchema);
}

/**
 * Replaces `status.json` whole. Not flushed to the disk, since it is derived again from the journal at every start; failing to write it
 * is logged and never stops a run.
 */
export async function writeStatus(paths: HomePaths, status: Status, log: Log): Promise<void> {
  const aside = `${paths.status}.${process.pid}.tmp`;
  try {
    await writeFile(aside, JSON.stringify(status), { mode: 0o644 });
    await rename(aside, paths.status);
  } catch (error) {
    log.warn({ err: error }, "status.json could not be written");
  }
}
