import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import { gateStateSchema } from "./contract.ts";
import type { GateState, SetGate } from "./contract.ts";
import { needsTarget } from "./rules/route.ts";

/** A state as it was applied; `epoch` counts the changes since the start, so that two equal states are told apart. */
export type Applied = { state: GateState; epoch: number };

export type StateStore = {
  current: () => Applied;
  /** Makes the state durable, then applies it; when this returns, every request is served by it. One after the other. */
  set: (wanted: SetGate) => Promise<void>;
};

/**
 * Opens `gate.json`. A file that is missing, unreadable or makes no sense gives the maintenance page until somebody who knows sets the state:
 * guessing a target could send saves to the wrong side. `onApplied` runs in the same turn as the change, before any other request is looked at.
 */
export async function openState(
  path: string,
  deps: { clock: Clock; log: Log },
  onApplied: (now: Applied, before: Applied) => void,
): Promise<StateStore> {
  let current: Applied = { state: await readState(path, deps), epoch: 0 };
  let last: Promise<void> = Promise.resolve();

  const apply = async (wanted: SetGate) => {
    const state: GateState = { v: 1, ...wanted, since: deps.clock.now().toISOString() };
    await writeAtomically(path, JSON.stringify(state) + "\n");
    const before = current;
    current = { state, epoch: before.epoch + 1 };
    deps.log.info({ mode: state.mode, target: state.target, run: state.run }, "state set");
    onApplied(current, before);
  };

  return {
    current: () => current,
    set: (wanted) => {
      if (needsTarget(wanted.mode) && wanted.target === null) {
        return Promise.reject(new AppError("gate-target-missing", { mode: wanted.mode }));
      }
      const done = last.then(() => apply(wanted));
      // The next one does not depend on how this one ended; whoever asked for it hears of a failure.
      last = done.catch(() => undefined);
      return done;
    },
  };
}

async function readState(path: string, { clock, log }: { clock: Clock; log: Log }): Promise<GateState> {
  const nothing: GateState = { v: 1, mode: "maintenance", target: null, run: null, since: clock.now().toISOString() };
  try {
    const state = await readJson(path, gateStateSchema);
    if (state === null) return nothing;
    if (!needsTarget(state.mode) || state.target !== null) return state;
    log.error({ path, mode: state.mode }, "the state names no target; the maintenance page is shown");
  } catch (error) {
    log.error({ path, err: error }, "the state cannot be read; the maintenance page is shown");
  }
  return nothing;
}
