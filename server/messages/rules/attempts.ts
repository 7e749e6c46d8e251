import type { Failure } from "../contract.ts";

/** How often a delivery is tried at most, and for how long: what could not be told within a day is no news any more. */
export const MAX_ATTEMPTS = 8;
const LONGEST_MS = 24 * 3_600_000;
const FIRST_MS = 60_000;
const LONGEST_PAUSE_MS = 8 * 3_600_000;

/** 1, 3, 9, 27, 81, 243 and 480 minutes, each up to a fifth shorter or longer: 14 hours in all. */
export function pauseMs(attempt: number, dice: number): number {
  return Math.round(Math.min(FIRST_MS * 3 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * dice));
}

/** When a delivery that failed is tried again; `null` when it is given up. `dice` is in [0, 1). */
export function tryAgainAt(
  { attempt, queuedAt, failure }: { attempt: number; queuedAt: string; failure: Failure },
  now: Date,
  dice: number,
): Date | null {
  if (isPermanent(failure) || attempt >= MAX_ATTEMPTS) return null;
  const at = new Date(now.getTime() + pauseMs(attempt, dice));
  return at.getTime() - Date.parse(queuedAt) > LONGEST_MS ? null : at;
}

/** HTTP's “wait a moment” and “too many requests”. */
const PASSING = new Set([408, 425, 429]);

/**
 * Whether trying again is of no use: the other side understood and does not want it (HTTP's 3xx, since redirects are not followed, and 4xx; SMTP's 5xx),
 * or we ourselves may not. HTTP's 5xx and SMTP's 4xx are “not now”.
 */
export function isPermanent({ kind, protocol, status }: Failure): boolean {
  if (kind !== "refused") return kind === "address" || kind === "private" || kind === "plain" || kind === "login";
  if (status === null) return false;
  return protocol === "smtp" ? status >= 500 : status < 500 && !PASSING.has(status);
}
