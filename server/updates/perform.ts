import { keepAlive } from "../deployment/keep-alive.ts";
import type { Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { readJson } from "../platform/files.ts";
import { applicationName } from "./application-name.ts";
import { readCancelWish } from "./cancel.ts";
import type { Outcome, Plan } from "./contract.ts";
import { planSchema } from "./contract.ts";
import type { Journal } from "./journal.ts";
import { openJournal } from "./journal.ts";
import { createPublisher } from "./publish.ts";
import { deriveStatus } from "./rules/status.ts";
import { drive } from "./run.ts";
import { writeStatus } from "./status-file.ts";
import { stepsOf } from "./steps/index.ts";
import type { World } from "./world.ts";

const WATCH_MS = 500;
/** How long PostgreSQL may be away when the run is to be silenced before this process gives up and is started again, in milliseconds. */
const SILENCE_MS = 60_000;

/** Performs a run to its end, or goes on with it after a crash. The caller holds the run lock. */
export async function perform(world: World, run: Ulid): Promise<Outcome> {
  const { paths, clock, log } = world;
  const plan = await readJson(paths.updatePlan(run), planSchema);
  if (plan === null) throw new AppError("not-found", { what: "run" });
  const journal = await openJournal(paths.journal(run), () => world.ballast.release());
  await journal.append({ type: "runner", pid: process.pid, at: clock.now().toISOString() });
  const publisher = createPublisher(
    clock,
    (progress) => deriveStatus(plan, journal.entries(), { progress, now: clock.now() }),
    (status) => writeStatus(paths, status, log),
  );
  const guard = keepBlueAlive(world, plan, journal);
  try {
    const cancelWish = () => readCancelWish(paths, run);
    const silence = () => silenceRun(world, run);
    return await drive({ world, run, plan, journal, steps: stepsOf[plan.kind], silence, cancelWish, changed: publisher.changed });
  } finally {
    await guard.end();
    await publisher.end();
    await journal.close();
  }
}

/** Ends the commands and the backends of the run, so that nothing works on that nobody waits for; waits while PostgreSQL itself comes back. */
async function silenceRun({ databases, driver, clock, log }: World, run: Ulid): Promise<void> {
  const begun = clock.monotonic();
  for (;;) {
    try {
      await driver.endCommands(applicationName(run));
      await databases.endBackends(applicationName(run));
      return;
    } catch (error) {
      if (clock.monotonic() - begun > SILENCE_MS) throw error;
      log.warn({ err: error }, "PostgreSQL does not answer yet");
      await clock.sleep(WATCH_MS);
    }
  }
}

/** While this run holds the lock, nobody else restarts what people work with; so until the switch begins, a blue that died is started again. */
function keepBlueAlive({ driver, clock, log }: World, plan: Plan, journal: Journal) {
  const ended = new AbortController();
  const isOurs = () =>
    !journal.entries().some((entry) => entry.type === "finished" || (entry.type === "started" && entry.step === "switch"));
  const loop = async () => {
    while (!ended.signal.aborted) {
      try {
        if (isOurs()) await keepAlive(driver, { slot: plan.slots.blue, version: plan.from, database: plan.database.live.name });
      } catch (error) {
        log.warn({ err: error }, "the running version could not be looked after");
      }
      await clock.sleep(WATCH_MS, ended.signal).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    end: async () => {
      ended.abort();
      await running;
    },
  };
}
