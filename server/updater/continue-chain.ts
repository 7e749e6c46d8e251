import semver from "semver";
import type { Audit } from "../audit/write.ts";
import { readHandover } from "../deployment/handover.ts";
import type { Problem, Ulid, Version } from "../platform/contract.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import { endChain, readNextStep } from "../updates/chain.ts";
import { readInstallation } from "../updates/installation.ts";
import { planUpdate } from "../updates/plan.ts";
import type { NextStep } from "../updates/rules/chain.ts";
import { CHAIN_MINUTES } from "../updates/rules/chain.ts";
import { startRun } from "../updates/start.ts";
import type { World } from "../updates/world.ts";
import { wayTo } from "./way.ts";

export type ChainParts = {
  checker: Pick<ReleaseChecker, "status">;
  /** The version of this updater. */
  own: Version;
  audit: Audit;
  spawn: (run: Ulid) => Promise<void>;
};

/**
 * Goes on with a path over required stops: when a step is complete, and gate and updater are those of its version, the next one is planned and begun, with
 * a preflight, a backup and a commit of its own. What stands in its way ends the path, and is written down: it is never tried again by itself. Called
 * again and again while no run is open.
 */
export async function continueChain(world: World, parts: ChainParts): Promise<"started" | "waiting" | "nothing"> {
  const { paths, clock, log } = world;
  const step = await readNextStep(paths, clock.now());
  if (step === null) return "nothing";
  try {
    if (step.isLate) throw new AppError("chain-too-late", { version: step.version, minutes: CHAIN_MINUTES });
    if (!(await isHandedOver(world, parts.own))) return "waiting";
    const { run, joined } = await begin(world, step, parts);
    // Somebody else's, or this one already: what is under way then says how it goes on.
    if (joined) return "waiting";
    await parts.audit({ actor: step.actor, action: "updater.start", result: "done", detail: { run, path: step.chain.id } });
    return "started";
  } catch (error) {
    // The database is away for a moment, or a job was quicker: it goes on afterwards, unless that takes too long.
    if (isAppError(error, "service-unreachable") || isAppError(error, "run-under-way")) return "waiting";
    const problem = toProblem(error);
    log.error({ err: error, path: step.chain.id, problem }, "the next step of the update could not be begun");
    await endChain(paths, step.after, { at: clock.now(), problem });
    return "nothing";
  }
}

/** Whether gate and updater are those of the installed version. Throws why not, when they stayed behind. */
async function isHandedOver(world: World, own: Version): Promise<boolean> {
  const { version: installed } = await readInstallation(world);
  if (semver.gte(own, installed)) return true;
  const last = await readHandover(world.paths);
  if (last?.version === installed && last.state === "failed") throw AppError.reported(last.problem ?? lost(installed));
  return false;
}

function lost(version: Version): Problem {
  return new AppError("handover-failed", { version, reason: "nobody said how it went" }).problem;
}

async function begin(world: World, { version, actor, chain, idempotencyKey }: NextStep, parts: ChainParts) {
  const { version: installed } = await readInstallation(world);
  const way = wayTo(version, await parts.checker.status(), { version: installed, updater: parts.own });
  // The path was shown as it was: no stop is put in that nobody saw.
  if (way.path.length > 1) throw new AppError("release-unknown", { version });
  const plan = await planUpdate(world, { way, actor, chain });
  return startRun(world, { plan: plan.id, actor, idempotencyKey, spawn: parts.spawn });
}
