import { readHandover, writeHandover } from "../deployment/handover.ts";
import type { Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { readInstallation } from "../updates/installation.ts";
import type { World } from "../updates/world.ts";
import { nextHandover } from "./rules/handover.ts";

/**
 * Has gate and updater, which is us, replaced by those of the installed version, if they are older. Called again and again while no run is open; the
 * wish is on the disk before anybody acts on it.
 */
export async function handOver(world: Pick<World, "paths" | "config" | "clock" | "driver" | "log">, own: Version): Promise<void> {
  const { paths, clock, driver, log } = world;
  const { version } = await readInstallation(world);
  const last = await readHandover(paths);
  const next = nextHandover({ own, installed: version, last, now: clock.now() });
  if (next === "none" || next === "wait") return;
  const tries = last?.version === version ? last.tries : 0;
  const at = clock.now().toISOString();
  if (next === "give-up") {
    const { problem } = new AppError("handover-failed", { version, reason: "nobody said how it went" });
    await writeHandover(paths, { version, state: "failed", at, tries, problem });
    log.error({ problem }, problem.happened);
    return;
  }
  await writeHandover(paths, { version, state: "wanted", at, tries: tries + 1, problem: null });
  log.info({ own, version }, "gate and updater are handed over to those of the installed version");
  await driver.handOver(version);
}
