import type { Instance } from "../../deployment/contract.ts";
import type { GateTarget } from "../../gate/contract.ts";
import { AppError } from "../../platform/errors.ts";
import type { StepContext } from "../step.ts";

/** Where the gate finds blue, what ran before this run. Started again if it died; not waited for, since the gate holds reads meanwhile. */
export async function blueTarget({ world, plan }: StepContext): Promise<GateTarget> {
  return targetOf(await world.driver.start(plan.slots.blue, plan.from, plan.database.live.name));
}

/** Where the gate finds green, in the slot that it was started in. */
export async function greenTarget({ world, plan }: StepContext): Promise<GateTarget> {
  const instance = (await world.driver.inspect())[plan.slots.green];
  if (instance === undefined) throw new AppError("release-not-healthy", { version: plan.to, reason: "it is not running" });
  return targetOf(instance);
}

/** An instance as the gate's target. */
export function targetOf(instance: Instance): GateTarget {
  return { slot: instance.slot, version: instance.version, host: instance.host, port: instance.port };
}
