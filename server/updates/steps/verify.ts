import { AppError } from "../../platform/errors.ts";
import { differencesFromBare, undeclaredDifferences } from "../rules/books.ts";
import { readyWaitMs, unreadyWaitMs } from "../rules/budget.ts";
import type { Step, StepContext } from "../step.ts";
import { waitForReady } from "./wait-for-ready.ts";

/** Green is proven before anybody sees it: its database is sound and complete, and the release boots on it and answers a browser. */
export const verify: Step = {
  name: "verify",
  onInterrupt: "again",
  touches: true,

  async run(context) {
    const { world, plan, progress } = context;
    const green = plan.database.green;
    await world.databases.applyGrants(green);
    const found = await world.databases.schemaHead(green);
    if (found !== plan.schemaHead) throw new AppError("schema-head-differs", { expected: plan.schemaHead, found });
    const defects = await world.databases.defects(green, plan.database.settings);
    if (defects.length > 0) throw new AppError("copy-defect", { defects });
    progress({ done: 1, total: 3, unit: "checks" });
    if (plan.kind === "start_fresh") await expectEmpty(context);
    else if (plan.release !== null) await compareBooks(context);
    progress({ done: 2, total: 3, unit: "checks" });
    await boot(context);
    progress({ done: 3, total: 3, unit: "checks" });
    return undefined;
  },

  isDone: () => Promise.resolve(false),

  async undo({ world }) {
    await world.driver.stop("trial");
  },
};

async function compareBooks({ world, plan, facts }: StepContext): Promise<void> {
  const before = facts().booksBefore;
  if (before === undefined) throw new Error("the books were not taken in the pause");
  const after = await world.databases.books(plan.database.green);
  const differences = undeclaredDifferences(before, after, plan.release?.manifest.totals.changed ?? []);
  if (differences.length > 0) throw new AppError("books-differ", { differences });
}

/** The new books are meant to be empty; whatever else is in them was not put there by us. */
async function expectEmpty({ world, plan, facts }: StepContext): Promise<void> {
  const { booksBare, carried } = facts();
  if (booksBare === undefined || carried === undefined) throw new Error("the empty database's books were not taken");
  const differences = differencesFromBare(booksBare, carried, await world.databases.books(plan.database.green));
  if (differences.length > 0) throw new AppError("not-empty", { differences });
}

/** The release runs on green at a private port and is asked as a browser would; then it ends, so that green has no sessions. */
async function boot(context: StepContext): Promise<void> {
  const { world, plan, facts } = context;
  const instance = await world.driver.start("trial", plan.to, plan.database.green);
  const { bootMs } = facts();
  const patience = { withinMs: readyWaitMs(bootMs), unreadyMs: unreadyWaitMs(bootMs) };
  await waitForReady(context, { slot: "trial", version: plan.to, ...patience });
  await world.probe(instance, { version: plan.to, schemaHead: plan.schemaHead });
  await world.driver.stop("trial");
}
