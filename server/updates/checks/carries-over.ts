import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** Every step of the way carries the data over: a release that says that it does not is never updated to. */
export const carriesOver: Check = {
  name: "carries-over",
  title: "Your data can be carried over",
  look(_world, { breaking }) {
    const versions = breaking?.notMigratable ?? [];
    return Promise.resolve(versions.length === 0 ? null : new AppError("data-not-carried-over", { versions }).problem);
  },
};
