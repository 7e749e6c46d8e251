/** Days, weeks and times of day as a farm's clock on the wall shows them: in a time zone of its own, over its changes to summer time. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Wall = { year: number; month: number; day: number; hour: number; minute: number };

/** `2026-03-29`. */
export function localDay(at: Date, timeZone: string): string {
  const { year, month, day } = wallOf(at, timeZone);
  return dayName(year, month, day);
}

/** The Monday of the week, as a day. */
export function localWeek(at: Date, timeZone: string): string {
  const { year, month, day } = wallOf(at, timeZone);
  const date = new Date(Date.UTC(year, month - 1, day));
  const monday = new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * DAY_MS);
  return monday.toISOString().slice(0, 10);
}

/** `2026-03`. */
export function localMonth(at: Date, timeZone: string): string {
  return localDay(at, timeZone).slice(0, 7);
}

/**
 * The last instant, not after `now`, at which the clock on the wall showed this time of day. A time that a change to summer time leaves out counts
 * as the moment of the change; one that comes twice counts the first time.
 */
export function lastTimeOfDay(now: Date, at: string, timeZone: string): Date {
  const [hour = 0, minute = 0] = at.split(":").map(Number);
  const today = wallOf(now, timeZone);
  for (let back = 0; ; back += 1) {
    const date = new Date(Date.UTC(today.year, today.month - 1, today.day - back, hour, minute));
    const instant = instantOf(date.getTime(), timeZone);
    if (instant.getTime() <= now.getTime()) return instant;
  }
}

/** The first instant after `now` at which it will. */
export function nextTimeOfDay(now: Date, at: string, timeZone: string): Date {
  // The longest day has 25 hours, so within 27 there is one; before the last that has passed by then there may be one more.
  const last = lastTimeOfDay(new Date(now.getTime() + 27 * 60 * MINUTE_MS), at, timeZone);
  const before = lastTimeOfDay(new Date(last.getTime() - 1), at, timeZone);
  return before.getTime() > now.getTime() ? before : last;
}

/** The first instant at which the wall shows this (given as if it were UTC) or, if it never does, something later. */
function instantOf(wall: number, timeZone: string): Date {
  const shown = (at: number) => {
    const { year, month, day, hour, minute } = wallOf(new Date(at), timeZone);
    return Date.UTC(year, month - 1, day, hour, minute);
  };
  // No zone is further than a day from UTC, and no change is as long as a day: within this window the wall passes what is wanted.
  let [before, after] = [wall - 1.25 * DAY_MS, wall + 1.25 * DAY_MS];
  const isReached = (at: number) => shown(at) >= wall;
  // The offsets on both sides give the only two instants at which it can be exactly so; the earlier that is right is the first.
  const exact = [before, after].map((at) => wall - (shown(at) - at)).toSorted((a, b) => a - b);
  const found = exact.find((at) => shown(at) === wall);
  if (found !== undefined) return new Date(found);
  while (after - before > MINUTE_MS) {
    const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS;
    if (isReached(middle)) after = middle;
    else before = Math.max(middle, before + MINUTE_MS);
  }
  return new Date(Math.floor(after / MINUTE_MS) * MINUTE_MS);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallOf(at: Date, timeZone: string): Wall {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", { timeZone, calendar: "gregory", hourCycle: "h23", ...numeric });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

function dayName(year: number, month: number, day: number): string {
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}
