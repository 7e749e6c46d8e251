import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** A backup that was made elsewhere is restored as a role that can do nothing else, or not at all; our own also where that role is missing. */
export const loader: Check = {
  name: "loader",
  title: "A backup can be restored without trusting it",
  async look({ config, databases, backups }, { kind, backup }) {
    if ((kind !== "restore" && kind !== "drill") || backup === null) return null;
    const remedy = await databases.loaderRemedy();
    if (remedy === null) return null;
    const { problem } = new AppError("loader-missing", { role: config.postgres.loader, remedy });
    return (await backups.isForeign(backup.id)) ? problem : { warning: problem };
  },
};
