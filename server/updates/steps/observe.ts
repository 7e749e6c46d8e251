import { AppError } from "../../platform/errors.ts";
import type { Step, StepContext } from "../step.ts";
import { expectSameStart, startOf } from "./same-start.ts";

const POLL_MS = 100;
/**
 * How often in a row it may leave the question for its health unanswered in time: a busy computer is not a broken release. What people ask for is
 * looked at more strictly, by the gate.
 */
const SILENCES = 1;

/**
 * A quiet window of real reads: green answers healthy all along, is the very start that was warmed, with the right version and schema head, and leaves
 * no read unanswered. It ends with an answer, never with a silence. After a crash the window begins anew.
 */
export const observe: Step = {
  name: "observe",
  onInterrupt: "again",
  touches: true,

  async run(context) {
    const { world, plan, progress } = context;
    const total = world.config.observeMs / 1000;
    const begun = world.clock.monotonic();
    const first = (await world.driver.inspect())[plan.slots.green];
    expectSameStart(context, first);
    let silences = 0;
    for (;;) {
      silences = (await lookOnce(context, startOf(first))) === "silent" ? silences + 1 : 0;
      if (silences > SILENCES) throw fell(plan.to, "it does not answer");
      const passed = world.clock.monotonic() - begun;
      if (silences === 0 && passed >= world.config.observeMs) return undefined;
      progress({ done: Math.round(passed / 1000), total, unit: "seconds" });
      await world.clock.sleep(POLL_MS);
    }
  },

  isDone: () => Promise.resolve(false),

  // What was switched is switched back by the step before.
  undo: () => Promise.resolve(),
};

async function lookOnce({ world, plan }: StepContext, mark: string): Promise<"well" | "silent"> {
  const report = await world.gate.report();
  if (report.unanswered > 0) {
    throw fell(plan.to, `it left ${report.unanswered} ${report.unanswered === 1 ? "page" : "pages"} unanswered`);
  }
  const instance = (await world.driver.inspect())[plan.slots.green];
  if (startOf(instance) !== mark) throw fell(plan.to, "it was started again");
  const health = await world.driver.health(plan.slots.green);
  if (health.kind === "silent") return "silent";
  if (health.kind !== "ready") throw fell(plan.to, health.kind === "stopped" ? "it ended" : health.reason);
  if (health.answer.version !== plan.to) throw fell(plan.to, `it says that it is version ${health.answer.version}`);
  const { database } = health.answer.schemaHead;
  if (database !== plan.schemaHead) throw fell(plan.to, `it sees the schema ${database ?? "of no database"}`);
  return "well";
}

function fell(version: string, reason: string) {
  return new AppError("release-fell-over", { version, reason });
}
