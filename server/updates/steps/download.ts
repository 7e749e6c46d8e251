import { isAppError } from "../../platform/errors.ts";
import type { Step } from "../step.ts";
import { releaseOf } from "./release-of.ts";

/** The release's artifact, its digest compared with the signed one, durable. */
export const download: Step = {
  name: "download",
  onInterrupt: "again",
  touches: false,

  async run({ world, plan, progress, signal }) {
    const release = releaseOf(plan);
    let bytes = 0;
    await world.driver.fetch(release, {
      signal,
      onBytes: (done, total) => {
        bytes = done;
        progress({ done, total, unit: "bytes" });
      },
    });
    return bytes === 0 ? "it was here already" : `${bytes} bytes`;
  },

  isDone: ({ world, plan }) => world.driver.has(plan.to),

  async undo({ world, plan }) {
    try {
      await world.driver.remove(plan.to);
    } catch (error) {
      // Not by us: after an update that was undone, gate and updater are still of that version. It is theirs then.
      if (!isAppError(error, "release-in-use")) throw error;
    }
  },
};
