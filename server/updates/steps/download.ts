import type { Step } from "../step.ts";
import { releaseOf } from "./release-of.ts";

/** The release's artifact, its digest compared with the signed one, durable. */
export const download: Step = {
  name: "download",
  onInterrupt: "again",
  touches: false,

  async run({ world, plan, progress, signal }) {
    const release = releaseOf(plan);
    const total = release.manifest.archive.bytes;
    await world.driver.fetch(release, {
      signal,
      onBytes: (done) => {
        progress({ done, total, unit: "bytes" });
      },
    });
    return `${total} bytes`;
  },

  isDone: ({ world, plan }) => world.driver.has(plan.to),

  async undo({ world, plan }) {
    await world.driver.remove(plan.to);
  },
};
