const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What decides when the feed may be asked: instants as they were written down. */
export type Pace = { nextCheckAt: string | null; notBefore: string | null };

/** `limited`: the feed told us to wait, and a click does not change that. */
export type Verdict = { kind: "ask" } | { kind: "later" } | { kind: "limited"; until: Date };

/** Whether the feed may be asked now. Instants that lie absurdly far ahead were written by a clock that was wrong, and do not count. */
export function mayAsk(pace: Pace, { force, checkHours }: { force: boolean; checkHours: number }, now: Date): Verdict {
  const limit = ahead(pace.notBefore, now, DAY_MS);
  if (limit !== null) return { kind: "limited", until: limit };
  if (force) return { kind: "ask" };
  return ahead(pace.nextCheckAt, now, 2 * checkHours * HOUR_MS) === null ? { kind: "ask" } : { kind: "later" };
}

/** When to ask next: not before `checkHours`, and up to a tenth later, so that not all farms ask at the same moment. `dice` is in [0, 1). */
export function nextCheckAt(now: Date, checkHours: number, dice: number): Date {
  return new Date(now.getTime() + checkHours * HOUR_MS * (1 + dice / 10));
}

/**
 * Until when a 403 or 429 wants us to wait, by GitHub's headers (names in lower case); `null` when it is no such answer. Without a time,
 * a minute for 429, as GitHub's manual has it. A day at most.
 */
export function limitedUntil(status: number, headers: Readonly<Record<string, string>>, now: Date): Date | null {
  if (status !== 403 && status !== 429) return null;
  const waits = [retryAfterMs(headers["retry-after"], now), resetMs(headers, now)].filter((wait) => wait !== null);
  if (waits.length === 0 && status === 403) return null;
  const wait = Math.max(60_000, ...waits);
  return new Date(now.getTime() + Math.min(wait, DAY_MS));
}

function retryAfterMs(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : date - now.getTime();
}

function resetMs(headers: Readonly<Record<string, string>>, now: Date): number | null {
  const reset = headers["x-ratelimit-reset"];
  if (headers["x-ratelimit-remaining"] !== "0" || reset === undefined || !/^\d{1,12}$/.test(reset)) return null;
  return Number(reset) * 1000 - now.getTime();
}

function ahead(instant: string | null, now: Date, atMostMs: number): Date | null {
  if (instant === null) return null;
  const ms = Date.parse(instant) - now.getTime();
  return ms > 0 && ms <= atMostMs ? new Date(instant) : null;
}
