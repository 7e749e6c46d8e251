import type { FetchOptions } from "../../deployment/driver.ts";
import { isAppError } from "../../platform/errors.ts";
import type { Step } from "../step.ts";
import { releaseOf } from "./release-of.ts";

/** The release's artifact, its digest compared with the signed one, durable. For an undo it is here, unless somebody removed it since. */
export const download: Step = {
  name: "download",
  onInterrupt: "again",
  touches: false,

  async run({ world, plan, progress, signal }) {
    let bytes = 0;
    const options: FetchOptions = {
      signal,
      onBytes: (done, total) => {
        bytes = done;
        progress({ done, total, unit: "bytes" });
      },
      onStep: (done, total) => {
        progress({ done, total, unit: "steps" });
      },
    };
    if (plan.undoes === null) await world.driver.fetch(releaseOf(plan), options);
    else await world.driver.fetchAgain(plan.to, options);
    return bytes === 0 ? "it was here already" : `${bytes} bytes`;
  },

  isDone: ({ world, plan }) => world.driver.has(plan.to),

  async undo({ world, plan }) {
    // The version before stays as long as an undo is offered.
    if (plan.undoes !== null) return;
    try {
      await world.driver.remove(plan.to);
    } catch (error) {
      // Not by us: after an update that was undone, gate and updater are still of that version. It is theirs then.
      if (!isAppError(error, "release-in-use")) throw error;
    }
  },
};
