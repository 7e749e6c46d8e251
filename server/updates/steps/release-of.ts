import type { Release } from "../../releases/contract.ts";
import type { Plan } from "../contract.ts";

/** The release of an update's plan. Plans of other kinds have no steps that ask for it. */
export function releaseOf(plan: Plan): Release {
  if (plan.release === null) throw new Error(`a plan of kind ${plan.kind} has no release`);
  return plan.release;
}
