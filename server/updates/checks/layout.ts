import { AppError } from "../../platform/errors.ts";
import { isJob } from "../rules/kinds.ts";
import type { Check } from "./check.ts";

/** The installation is laid out as its driver needs it; a shape that is not ours is refused, never guessed at. */
export const layout: Check = {
  name: "layout",
  title: "FilaOps is laid out as it should be",
  async look({ driver }, { kind, slots, from, database }) {
    if (isJob(kind)) return null;
    const found = await driver.misfits({ slot: slots.blue, version: from, database: database.live.name });
    // Right after a run, what it wrote into the journal may not be written everywhere else yet.
    const misfits = found.filter(({ byItself }) => byItself !== true).map(({ what }) => what);
    return misfits.length === 0 ? null : new AppError("layout-not-ours", { misfits }).problem;
  },
};
