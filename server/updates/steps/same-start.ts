import type { Instance } from "../../deployment/contract.ts";
import { AppError } from "../../platform/errors.ts";
import type { StepContext } from "../step.ts";

/** Which start of it an instance is; "" when there is none. */
export function startOf(instance: Instance | undefined): string {
  return instance === undefined ? "" : [instance.pid, instance.startTime, instance.restarts].join("/");
}

/**
 * Throws `release-fell-over` when green is another start than the one that was warmed: it ended in between, whoever started it again. A runner of before
 * did not write that down; then nothing is known of it.
 */
export function expectSameStart({ plan, facts }: Pick<StepContext, "plan" | "facts">, green: Instance | undefined): void {
  const { greenStart } = facts();
  if (greenStart === undefined || startOf(green) === greenStart) return;
  throw new AppError("release-fell-over", { version: plan.to, reason: "it ended, and was started again" });
}
