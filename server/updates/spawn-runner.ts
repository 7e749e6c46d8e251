import { open } from "node:fs/promises";
import type { Ulid } from "../platform/contract.ts";
import { startRunner } from "../deployment/docker/compose-driver.ts";
import { sibling } from "../platform/entry.ts";
import { baseEnv } from "../platform/env.ts";
import type { HomePaths } from "../platform/home.ts";
import { underLock } from "../platform/lock.ts";
import { spawnDetached } from "../platform/process.ts";
import type { World } from "./world.ts";

/**
 * Starts `perform-update` for a run under the run lock, outside of us: in a session of its own, or in a container of its own. When the lock is taken,
 * it ends at once without having done anything.
 */
export async function spawnRunner({ paths, config }: Pick<World, "paths" | "config">, run: Ulid): Promise<void> {
  if (config.driver === "docker") await startRunner(config, run);
  else await spawnSession(paths, run);
}

/** Its output goes to the run's `output.log`. */
async function spawnSession(paths: HomePaths, run: Ulid): Promise<void> {
  const output = await open(paths.output(run), "a", 0o640);
  try {
    const [flock, ...args] = underLock(paths.runLock);
    await spawnDetached(flock, [...args, process.execPath, sibling("perform-update"), run], {
      env: { ...baseEnv(), FILAOPS_HOME: paths.home },
      output: output.fd,
    });
  } finally {
    await output.close();
  }
}
