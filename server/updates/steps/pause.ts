import type { GateTarget } from "../../gate/contract.ts";
import { AppError } from "../../platform/errors.ts";
import { undeclaredDifferences } from "../rules/books.ts";
import type { Step, StepContext } from "../step.ts";
import { blueTarget } from "./targets.ts";

/** How long running saves may take to end, in milliseconds. */
const DRAIN_MS = 10_000;

/** Saving pauses: the gate refuses writes, running ones end, the fence closes; then the books and the hash of the data are taken. */
export const pause: Step = {
  name: "pause",
  onInterrupt: "again",
  touches: true,

  async run(context) {
    const { world, facts, record, plan, run } = context;
    if (facts().pausedAt === undefined) await record({ pausedAt: world.clock.now().toISOString() });
    await world.gate.set({ mode: "readOnly", target: await blueTarget(context), run });
    const { drained, remaining } = await world.gate.drain({ what: "writes", timeoutMs: DRAIN_MS });
    if (!drained) throw new AppError("writes-not-drained", { remaining, seconds: DRAIN_MS / 1000 });
    await world.databases.closeFence();
    const name = plan.database.live.name;
    const [booksBefore, dataHashBefore] = [await world.databases.books(name), await world.databases.dataHash(name)];
    await record({ booksBefore, dataHashBefore });
    return undefined;
  },

  async isDone({ world, facts, run }) {
    if (facts().dataHashBefore === undefined || (await world.databases.fence()) !== "closed") return false;
    const { state } = await world.gate.report();
    return state.mode === "readOnly" && state.run === run;
  },

  async undo(context) {
    await compareBlue(context);
    await context.world.databases.openFence();
    await openGate(context, await blueTarget(context));
    await context.record({ openedAt: context.world.clock.now().toISOString() });
  },
};

/** On the way back, before anybody can save: blue's data must be what it was when saving was paused. */
async function compareBlue({ world, facts, record, plan }: StepContext): Promise<void> {
  const { booksBefore, dataHashBefore } = facts();
  // Nothing to compare with: the pause ended before its hash was taken, so nothing was done to blue either.
  if (booksBefore === undefined || dataHashBefore === undefined) return;
  // Open already: this undo was interrupted after its end, and people may have saved since.
  if ((await world.databases.fence()) === "open") return;
  const name = plan.database.live.name;
  const [booksAfter, dataHashAfter] = [await world.databases.books(name), await world.databases.dataHash(name)];
  await record({ booksAfter, dataHashAfter });
  const differences = undeclaredDifferences(booksBefore, booksAfter, []);
  if (differences.length > 0) throw new AppError("data-changed", { what: differences.join("; ") });
  if (dataHashAfter !== dataHashBefore) throw new AppError("data-changed", { what: "the content of a table" });
}

async function openGate({ world }: StepContext, target: GateTarget): Promise<void> {
  await world.gate.set({ mode: "proxy", target, run: null });
}
