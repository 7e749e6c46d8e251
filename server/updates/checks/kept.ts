import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** For an undo: the kept database is still here, and so is the release that belongs to it, or it can be fetched again. */
export const kept: Check = {
  name: "kept",
  title: "The version before is still here",
  async look({ databases, driver }, { undoes, to }) {
    if (undoes === null) return null;
    if ((await databases.findByOid(undoes.kept.oid)) === null) {
      return new AppError("nothing-to-undo", { reason: "the database from before is not there any more." }).problem;
    }
    if (!(await driver.has(to))) await driver.answersAgain(to);
    return null;
  },
};
