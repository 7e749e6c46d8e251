import { AppError } from "../../platform/errors.ts";
import { check } from "../checks/index.ts";
import type { Step } from "../step.ts";

/** Every check once more, since the plan may be minutes old; and the space that a full journal will need is put aside. */
export const preflight: Step = {
  name: "preflight",
  onInterrupt: "again",
  touches: false,

  async run({ world, plan, record, progress }) {
    const findings = await check(world, plan, (done, total) => {
      progress({ done, total, unit: "checks" });
    });
    const blockers = findings.filter((finding) => finding.level === "blocker");
    if (blockers.length > 0) {
      throw new AppError("plan-blocked", { findings: blockers.map((finding) => finding.problem?.happened ?? finding.title) });
    }
    await world.ballast.reserve();
    await record({ blue: plan.database.live, ...(plan.undoes === null ? {} : { green: plan.undoes.kept }) });
    return `${findings.length} checks`;
  },

  isDone: () => Promise.resolve(false),

  async undo({ world }) {
    await world.ballast.release();
  },
};
