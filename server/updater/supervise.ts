import type { Clock } from "../platform/clock.ts";
import type { Ulid } from "../platform/contract.ts";
import type { Log } from "../platform/log.ts";
import type { Exclusive } from "../platform/exclusive.ts";

/** What the supervisor looks at and does; each may throw, and none may be called while a run holds the lock but the first three. */
export type Duties = {
  lockHeld: () => boolean;
  openRun: () => Promise<Ulid | null>;
  spawnRunner: (run: Ulid) => Promise<unknown>;
  /** Makes the world as the journals say it is. */
  settle: () => Promise<unknown>;
  project: () => Promise<void>;
  collectGarbage: () => Promise<void>;
  /** Goes on with a path over required stops, if one is to be gone on with. */
  continueChain: () => Promise<"started" | "waiting" | "nothing">;
  /** Starts what is due by the schedule; says whether it did. */
  startDue: () => Promise<"started" | "nothing">;
  /** One look at the wanted instance, which is started again when it is dead. */
  keepAlive: () => Promise<void>;
  /** Has gate and updater replaced by those of the installed version, if they are older. */
  handOver: () => Promise<void>;
};

export type SupervisorWorld = { duties: Duties; exclusive: Exclusive; clock: Clock; log: Log };

const TICK_MS = 300;
const AFTER_FAILURE_MS = 2000;
const KEEP_ALIVE_MS = 1000;
const HAND_OVER_MS = 5000;
const CHAIN_MS = 1000;
const SCHEDULE_MS = 20_000;
const DAY_MS = 24 * 3_600_000;
/** How long a runner that was started may take to hold the lock. */
const GRACE_MS = 2000;
const LONGEST_BACKOFF_MS = 5000;

/**
 * The updater's loop: an open run without a runner gets one first; then, while no run is open, the world is made as the journals say, the
 * tables are projected, rubbish is collected, and what people work with is kept alive. Each look is exclusive with starting a run. Nothing that
 * fails ends the loop: it is logged and tried again, later each time.
 */
export function createSupervisor({ duties, exclusive, clock, log }: SupervisorWorld) {
  const upkeep = createUpkeep({
    duties,
    clock,
    log,
    began: () => {
      runBegan();
    },
  });
  const runners = createRunners({ duties, clock, log });

  const runBegan = (): void => {
    runners.began();
    upkeep.disturbed();
  };

  const look = async (): Promise<void> => {
    if (duties.lockHeld()) {
      runners.held();
      upkeep.disturbed();
    } else if (upkeep.isDisturbed()) {
      const run = await duties.openRun();
      if (run === null) await upkeep.putRight();
      else await runners.bringBack(run);
    } else {
      await upkeep.keep();
    }
  };

  return {
    /** A run was made: from now on nothing is kept alive or cleaned up until it is over. Called inside of the exclusive work that made it. */
    runBegan,
    /** One look at everything. */
    look: () => exclusive(look),
    /** Looks again and again until the signal. */
    run: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        const pause = await exclusive(look).then(
          () => TICK_MS,
          (error: unknown) => {
            log.error({ err: error }, "the updater could not look after things");
            return AFTER_FAILURE_MS;
          },
        );
        await clock.sleep(pause, signal).catch(() => undefined);
      }
    },
  };
}

/** Starts runners of open runs that have none: at once the first time, later each time that one dies young. How often at all is the engine's to say. */
function createRunners({ duties, clock, log }: Omit<SupervisorWorld, "exclusive">) {
  let lastStart = -Infinity;
  let wasHeld = true;
  let retry = createBackoff(clock);
  return {
    held: () => {
      wasHeld = true;
    },
    began: () => {
      lastStart = clock.monotonic();
      wasHeld = false;
      retry = createBackoff(clock);
    },
    bringBack: async (run: Ulid) => {
      const starting = !wasHeld && clock.monotonic() - lastStart < GRACE_MS;
      if (starting || !retry.isDue()) return;
      log.warn({ run }, "an open run has no runner; starting one");
      retry.tried();
      lastStart = clock.monotonic();
      wasHeld = false;
      await duties.spawnRunner(run);
    },
  };
}

/** What is done while no run is open. */
function createUpkeep({ duties, clock, log, began }: Omit<SupervisorWorld, "exclusive"> & { began: () => void }) {
  let disturbed = true;
  let collectedAt = -Infinity;
  let keptAt = -Infinity;
  let handedOverAt = -Infinity;
  let scheduledAt = -Infinity;
  let chainAt = -Infinity;
  let chain: "started" | "waiting" | "nothing" = "waiting";
  let retry = createBackoff(clock);

  const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      log.error({ err: error }, `${what} did not work and will be tried again`);
      return false;
    }
  };
  const keepAlive = async () => {
    if (clock.monotonic() - keptAt < KEEP_ALIVE_MS) return;
    keptAt = clock.monotonic();
    await attempt("keeping the app alive", duties.keepAlive);
  };
  const collect = async () => {
    if (clock.monotonic() - collectedAt < DAY_MS) return;
    collectedAt = clock.monotonic();
    await attempt("collecting rubbish", duties.collectGarbage);
  };

  const schedule = async () => {
    if (clock.monotonic() - scheduledAt < SCHEDULE_MS) return;
    scheduledAt = clock.monotonic();
    await attempt("keeping to the schedule", async () => {
      if ((await duties.startDue()) === "started") began();
    });
  };

  // Only a run that has ended can have a next step: after that it is asked until there is none. Nothing else begins as long as one waits.
  const goOn = async () => {
    if (chain === "nothing" || clock.monotonic() - chainAt < CHAIN_MS) return;
    chainAt = clock.monotonic();
    await attempt("going on with an update over several versions", async () => {
      chain = await duties.continueChain();
      if (chain === "started") began();
    });
  };

  // Last of all: everything else is as it should be when gate and updater are replaced.
  const handOver = async () => {
    if (clock.monotonic() - handedOverAt < HAND_OVER_MS) return;
    handedOverAt = clock.monotonic();
    await attempt("handing over", duties.handOver);
  };

  return {
    isDisturbed: () => disturbed,
    disturbed: () => {
      disturbed = true;
      collectedAt = -Infinity;
      chainAt = -Infinity;
      chain = "waiting";
      retry = createBackoff(clock);
    },
    /** What people work with is kept alive also while, say, the database is away and the rest cannot be put right. */
    putRight: async () => {
      if (retry.isDue()) {
        retry.tried();
        disturbed = !((await attempt("settling", duties.settle)) && (await attempt("projecting", duties.project)));
      }
      await keepAlive();
    },
    keep: async () => {
      await keepAlive();
      await collect();
      await handOver();
      await goOn();
      if (!disturbed && chain === "nothing") await schedule();
    },
  };
}

/** Due at once, and again at once, then after 0.5, 1, 2 … seconds. */
function createBackoff(clock: Clock) {
  let dueAt = -Infinity;
  let tries = 0;
  return {
    isDue: () => clock.monotonic() >= dueAt,
    tried: () => {
      dueAt = clock.monotonic() + (tries === 0 ? 0 : Math.min(500 * 2 ** (tries - 1), LONGEST_BACKOFF_MS));
      tries += 1;
    },
  };
}
