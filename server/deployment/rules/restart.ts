/** What lived this long had started well, in milliseconds. */
const STARTED_WELL_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** How often in a row a service died young; 0 at first. */
export type Deaths = number;

/** How long to wait before a service that died after `livedMs` is started again: not at all when it had started well, else longer each time. */
export function restart(deaths: Deaths, livedMs: number): { afterMs: number; deaths: Deaths } {
  if (livedMs >= STARTED_WELL_MS) return { afterMs: 0, deaths: 0 };
  return { afterMs: Math.min(FIRST_PAUSE_MS * 2 ** deaths, LONGEST_PAUSE_MS), deaths: deaths + 1 };
}
