import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** For an undo: the kept database and the release that belongs to it are still here. */
export const kept: Check = {
  name: "kept",
  title: "The version before is still here",
  async look({ databases, driver }, { undoes, to }) {
    if (undoes === null) return null;
    if ((await databases.findByOid(undoes.kept.oid)) === null) {
      return new AppError("nothing-to-undo", { reason: "the database from before is not there any more." }).problem;
    }
    return (await driver.has(to))
      ? null
      : new AppError("nothing-to-undo", { reason: `version ${to} is not on this computer any more.` }).problem;
  },
};
