import type { Problem } from "../../platform/contract.ts";
import type { Finding, Plan } from "../contract.ts";
import type { World } from "../world.ts";

/** What a check may look at: a plan that is not finished yet has no findings and no estimate of its own. */
export type Draft = Omit<Plan, "findings">;

/** Looks at one thing and says what it found; never throws for an expected answer, and changes nothing. */
export type Check = { name: string; title: string; look: (world: World, draft: Draft) => Promise<Problem | Warning | null> };

/** A finding that is shown and does not forbid the run. */
export type Warning = { warning: Problem };

/** A check's answer as a finding; `null` is "all is well". */
export function findingOf(check: Check, answer: Problem | Warning | null): Finding {
  const base = { check: check.name, title: check.title };
  if (answer === null) return { ...base, level: "ok", problem: null };
  return "warning" in answer
    ? { ...base, level: "warning", problem: answer.warning }
    : { ...base, level: "blocker", problem: answer };
}
