import type { Clock } from "../platform/clock.ts";

/** A request that may have to wait. */
export type Holdable = {
  /** When it first could not be served (monotonic), `null` while it never had to wait. */
  heldSince: number | null;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
};

export type HoldLimits = {
  /** How long a request waits in all. */
  patienceMs: number;
  /** How many wait at once. */
  most: number;
};

/** Lets requests wait, and measures how long they did. */
export function createHolds(clock: Clock, limits: HoldLimits) {
  const waiting = new Map<Holdable, AbortController>();
  let longestMs = 0;

  const age = (one: Holdable) => (one.heldSince === null ? 0 : clock.monotonic() - one.heldSince);
  const note = (one: Holdable) => {
    longestMs = Math.max(longestMs, age(one));
  };

  return {
    /**
     * Waits until the state changes, but no longer than `ms`, and over all waits of the request no longer than the patience. `again`: ask the
     * state anew. `no`: the patience is over or too many wait; answer with the page.
     */
    wait: async (one: Holdable, ms = Infinity): Promise<"again" | "no"> => {
      if (waiting.size >= limits.most) return "no";
      one.heldSince ??= clock.monotonic();
      const left = limits.patienceMs - age(one);
      if (left <= 0) return "no";
      const cut = new AbortController();
      waiting.set(one, cut);
      // A wait that is cut short is the usual case, not an error.
      await clock.sleep(Math.min(ms, left), AbortSignal.any([cut.signal, one.gone])).catch(() => undefined);
      waiting.delete(one);
      note(one);
      return "again";
    },
    /** Lets all go on. They count as held until now, also in the report of the state that releases them. */
    releaseAll: () => {
      longestMs = 0;
      for (const [one, cut] of waiting) {
        note(one);
        cut.abort();
      }
      waiting.clear();
    },
    report: () => {
      for (const one of waiting.keys()) note(one);
      return { held: waiting.size, longestHoldMs: Math.round(longestMs) };
    },
  };
}

export type Holds = ReturnType<typeof createHolds>;
