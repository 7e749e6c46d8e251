import { AppError } from "../../platform/errors.ts";
import type { Step, StepContext } from "../step.ts";
import { readyWaitMs } from "../rules/budget.ts";
import { expectSameStart } from "./same-start.ts";
import { blueTarget, greenTarget } from "./targets.ts";
import { waitForAnswer, waitForReady } from "./wait-for-ready.ts";

const DRAIN_MS = 1500;
/** How long green may take for its first answer after the renames, while reads are held, in milliseconds. */
const FIRST_ANSWER_MS = 5000;
/** How long blue may take to answer again on the way back, at least. */
const RETURN_MS = 15_000;

/** Both databases change names in one transaction while reads are held, and the gate routes to green. Blue is parked, not stopped. */
export const switchOver: Step = {
  name: "switch",
  onInterrupt: "go-back",
  touches: true,

  async run(context) {
    const { world, plan, run, facts } = context;
    const { blue, green } = identities(context);
    expectSameStart(context, await world.driver.start(plan.slots.green, plan.to, plan.database.live.name));
    await waitForAnswer(context, { slot: plan.slots.green, version: plan.to, withinMs: readyWaitMs(facts().bootMs) });
    const begun = world.clock.monotonic();
    await world.gate.set({ mode: "hold", target: await blueTarget(context), run });
    await world.gate.drain({ what: "all", timeoutMs: DRAIN_MS });
    await world.databases.swap({ incoming: green.oid, outgoing: blue.oid, keptName: plan.database.kept, run });
    await waitForReady(context, { slot: plan.slots.green, version: plan.to, withinMs: FIRST_ANSWER_MS });
    await world.gate.set({ mode: "observe", target: await greenTarget(context), run });
    await world.driver.park(plan.slots.blue);
    return `reading was held for ${Math.round(world.clock.monotonic() - begun)} ms`;
  },

  async isDone(context) {
    const { world, plan } = context;
    const live = await world.databases.find(plan.database.live.name);
    const { state } = await world.gate.report();
    return live?.oid === context.facts().green?.oid && state.mode === "observe" && state.target?.slot === plan.slots.green;
  },

  async undo(context) {
    const { world, plan, run, facts } = context;
    const { blue, green } = identities(context);
    const target = await blueTarget(context);
    await world.gate.set({ mode: "hold", target, run });
    await world.gate.drain({ what: "all", timeoutMs: DRAIN_MS });
    await world.databases.swap({ incoming: blue.oid, outgoing: green.oid, keptName: plan.database.green, run });
    const withinMs = Math.max(RETURN_MS, readyWaitMs(facts().bootMs));
    await waitForReady(context, { slot: plan.slots.blue, version: plan.from, withinMs });
    await world.gate.set({ mode: "readOnly", target, run });
    await world.driver.stop(plan.slots.green);
  },
};

function identities({ facts }: StepContext) {
  const { blue, green } = facts();
  if (blue === undefined || green === undefined) {
    throw new AppError("unexpected", { detail: "the journal does not name both databases" });
  }
  return { blue, green };
}
