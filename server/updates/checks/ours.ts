import type { Health } from "../../deployment/contract.ts";
import type { Problem, Version } from "../../platform/contract.ts";
import { AppError } from "../../platform/errors.ts";
import { isJob } from "../rules/kinds.ts";
import type { Check } from "./check.ts";

/** What runs is what the plan was made for, in the slot that it says, and the other slot is free. */
export const ours: Check = {
  name: "app",
  title: "FilaOps runs as it should",
  async look({ driver }, { kind, slots, from, database }) {
    // A backup is wanted most when the app does not run.
    if (isJob(kind)) return null;
    const instances = await driver.inspect();
    const blue = instances[slots.blue];
    if (blue?.version !== from || blue.database !== database.live.name) {
      return new AppError("plan-expired", { minutes: 15 }).problem;
    }
    const green = instances[slots.green];
    const free = green === undefined || (await driver.health(slots.green)).kind === "stopped";
    if (!free) return new AppError("slot-taken", { slot: slots.green }).problem;
    const problem = unwell(from, await driver.health(slots.blue));
    // What is wrong with it may be the very reason for going back to a backup.
    return problem !== null && kind === "restore" ? { warning: problem } : problem;
  },
};

function unwell(version: Version, health: Health): Problem | null {
  if (health.kind === "ready") return null;
  const reason = health.kind === "stopped" ? "it is stopped" : health.reason;
  return new AppError("release-not-healthy", { version, reason }).problem;
}
