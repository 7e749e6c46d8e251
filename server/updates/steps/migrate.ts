import { z } from "zod";
import { applicationName } from "../application-name.ts";
import type { Step } from "../step.ts";

const progressLine = z.object({ migration: z.string(), index: z.int(), of: z.int() });

/** The release's migrations, run by the release's own code, on green. */
export const migrate: Step = {
  name: "migrate",
  onInterrupt: "go-back",
  touches: true,

  async run({ world, plan, run, progress, signal }) {
    await world.driver.runOnce(plan.to, "migrate", {
      database: plan.database.green,
      applicationName: applicationName(run),
      signal,
      onLine: (line) => {
        const parsed = parseProgress(line);
        if (parsed !== null) progress({ done: parsed.index, total: parsed.of, unit: "migrations" });
      },
    });
    return undefined;
  },

  isDone: async ({ world, plan }) => (await world.databases.schemaHead(plan.database.green)) === plan.schemaHead,

  // Only green was touched, and green is dropped with the copy.
  undo: () => Promise.resolve(),
};

/** A line that is not progress is the release's own talk and means nothing. */
function parseProgress(line: string): z.infer<typeof progressLine> | null {
  try {
    return progressLine.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
