import { AppError } from "../../platform/errors.ts";
import { isJob } from "../rules/kinds.ts";
import type { Check } from "./check.ts";

/** The gate answers and routes to what runs now. */
export const gate: Check = {
  name: "gate",
  title: "The gate answers",
  async look(world, { kind, slots }) {
    if (isJob(kind)) return null;
    const { state } = await world.gate.report();
    if (state.target?.slot === slots.blue) return null;
    return new AppError("service-unreachable", { service: "The gate", reason: "it does not route to the version that runs" })
      .problem;
  },
};
