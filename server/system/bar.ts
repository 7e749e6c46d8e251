import { toProblem } from "../platform/errors.ts";
import { readJson } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import type { PublicStatus } from "../updates/contract.ts";
import { publicStatusSchema } from "../updates/contract.ts";

/** What everybody may know of the last run, from `status.json`; needs no updater. A file that cannot be read is logged and shows no bar. */
export async function readBar(statusFile: string | undefined, log: Log): Promise<PublicStatus | null> {
  if (statusFile === undefined) return null;
  try {
    return await readJson(statusFile, publicStatusSchema);
  } catch (error) {
    log.warn({ problem: toProblem(error) }, "the status cannot be read");
    return null;
  }
}
