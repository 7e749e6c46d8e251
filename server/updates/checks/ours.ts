import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** What runs is what the plan was made for, in the slot that it says, and the other slot is free. */
export const ours: Check = {
  name: "app",
  title: "FilaOps runs as it should",
  async look({ driver }, { slots, from, database }) {
    const instances = await driver.inspect();
    const blue = instances[slots.blue];
    if (blue?.version !== from || blue.database !== database.live.name) {
      return new AppError("plan-expired", { minutes: 15 }).problem;
    }
    const health = await driver.health(slots.blue);
    if (health.kind !== "ready") {
      const reason = health.kind === "stopped" ? "it is stopped" : health.reason;
      return new AppError("release-not-healthy", { version: from, reason }).problem;
    }
    const green = instances[slots.green];
    const free = green === undefined || (await driver.health(slots.green)).kind === "stopped";
    return free ? null : new AppError("slot-taken", { slot: slots.green }).problem;
  },
};
