import { AppError } from "../../platform/errors.ts";
import type { Check } from "./check.ts";

/** Beside what is counted: journal, logs, and air to breathe, in bytes. */
const MARGIN = 200e6;

/** Room for a dump, a copy of the database, and the release packed and unpacked. */
export const disk: Check = {
  name: "disk",
  title: "There is enough disk space",
  async look(world, { database, release }) {
    const dump = release === null ? 0 : database.bytes;
    const copy = release === null ? 0 : database.bytes * 1.2;
    const artifact = release === null ? 0 : release.manifest.archive.bytes * 5;
    const [neededBytes, freeBytes] = [MARGIN + dump + copy + artifact, await world.freeBytes()];
    return freeBytes >= neededBytes
      ? null
      : new AppError("disk-full", { path: world.paths.home, neededBytes, freeBytes }).problem;
  },
};
