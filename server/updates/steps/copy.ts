import { AppError } from "../../platform/errors.ts";
import type { Step } from "../step.ts";
import { blueTarget } from "./targets.ts";

/** How long running reads may take to end before a hold, in milliseconds; what is left is ended with its session and asked again. */
const DRAIN_MS = 1500;

/** Green's database: a template copy of blue, made while reads are held. */
export const copy: Step = {
  name: "copy",
  onInterrupt: "go-back",
  touches: true,

  async run(context) {
    const { world, plan, run, record } = context;
    const live = plan.database.live;
    const blockers = (await world.databases.blockers(live.name)).filter((blocker) => !blocker.endable);
    if (blockers.length > 0) throw new AppError("database-busy", { who: blockers.map((blocker) => blocker.subject) });
    const target = await blueTarget(context);
    const begun = world.clock.monotonic();
    await world.gate.set({ mode: "hold", target, run });
    await world.gate.drain({ what: "all", timeoutMs: DRAIN_MS });
    const green = await world.databases.copy(live, plan.database.green, plan.database.settings);
    await world.gate.set({ mode: "readOnly", target, run });
    const holdMs = Math.round(world.clock.monotonic() - begun);
    await record({ green, holdMs });
    return `reading was held for ${holdMs} ms`;
  },

  // A copy that exists may still lack its settings; going back costs a drop, so nothing is guessed.
  isDone: () => Promise.resolve(false),

  async undo(context) {
    const { world, plan, run, facts, record } = context;
    // A copy whose oid was not written down yet is known by its name, which holds this run's ULID and is nobody else's.
    const green = facts().green ?? (await world.databases.find(plan.database.green));
    if (green !== null) {
      if (facts().green === undefined) await record({ green });
      await world.databases.drop(green.oid);
    }
    await world.databases.allowConnections(plan.database.live.name);
    await world.gate.set({ mode: "readOnly", target: await blueTarget(context), run });
  },
};
