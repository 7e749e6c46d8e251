import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** Above this the gate's page would be shown to readers during the copy, so it is said beforehand, in milliseconds. */
const LONG_MS = 20_000;

/** The hold of the copy, predicted from the size and from earlier copies: a long one is announced, never a surprise. */
export const longHold: Check = {
  name: "hold",
  title: "Reading goes on while the data is copied",
  look(_world, { estimate }) {
    const { holdMs } = estimate;
    if (holdMs === null || holdMs <= LONG_MS) return Promise.resolve(null);
    return Promise.resolve({ warning: new AppError("long-hold", { seconds: Math.round(holdMs / 1000) }).problem });
  },
};
