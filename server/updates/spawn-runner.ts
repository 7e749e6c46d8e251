import { open } from "node:fs/promises";
import type { Ulid } from "../platform/contract.ts";
import { sibling } from "../platform/entry.ts";
import { baseEnv } from "../platform/env.ts";
import type { HomePaths } from "../platform/home.ts";
import { underLock } from "../platform/lock.ts";
import type { ProcessMark } from "../platform/process.ts";
import { spawnDetached } from "../platform/process.ts";

/**
 * Starts `perform-update` for a run: a session of its own, under the run lock, its output in the run's `output.log`. When the lock is taken, it
 * ends at once without having done anything.
 */
export async function spawnRunner(paths: HomePaths, run: Ulid): Promise<ProcessMark> {
  const output = await open(paths.output(run), "a", 0o640);
  try {
    const [flock, ...args] = underLock(paths.runLock);
    return await spawnDetached(flock, [...args, process.execPath, sibling("perform-update"), run], {
      env: { ...baseEnv(), FILAOPS_HOME: paths.home },
      output: output.fd,
    });
  } finally {
    await output.close();
  }
}
