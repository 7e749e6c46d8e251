import { setTimeout as delay } from "node:timers/promises";

/** Time as an argument, so that tests own it. `now` is for what is written down, `monotonic` (milliseconds) for what is measured. */
export type Clock = {
  now: () => Date;
  monotonic: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
