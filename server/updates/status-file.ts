import { rename, writeFile } from "node:fs/promises";
import { readJson } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { Status } from "./contract.ts";
import { statusSchema } from "./contract.ts";
import { isJob } from "./rules/kinds.ts";

/** The status of the open change (an update, an undo, a restore), or of the last one; `null` before the first. */
export function readStatus(paths: HomePaths): Promise<Status | null> {
  return readJson(paths.status, statusSchema);
}

/** The same of jobs beside. */
export function readJobStatus(paths: HomePaths): Promise<Status | null> {
  return readJson(paths.jobStatus, statusSchema);
}

/**
 * Replaces `status.json`, or the one of jobs, whole. Not flushed to the disk, since it is derived again from the journal at every start; failing to write it
 * is logged and never stops a run.
 */
export async function writeStatus(paths: HomePaths, status: Status, log: Log): Promise<void> {
  const path = isJob(status.kind) ? paths.jobStatus : paths.status;
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, JSON.stringify(status), { mode: 0o644 });
    await rename(aside, path);
  } catch (error) {
    log.warn({ err: error }, "the status could not be written");
  }
}
