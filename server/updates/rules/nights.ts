import { lastTimeOfDay, nextTimeOfDay } from "../../backups/rules/calendar.ts";
import type { AutomaticSettings } from "../automatic-contract.ts";

/** A window as instants; the end is no part of it. */
export type Night = { start: Date; end: Date };

type Hours = Pick<AutomaticSettings, "from" | "to" | "timeZone">;

/** Further ahead nothing is planned: whatever says so was written by a clock that was wrong. */
const MOST_NIGHTS = 10;

/**
 * The window that is open, else the next one, of those that begin at `notBefore` or later. By the clock on the farm's wall: a night in which a change to summer
 * time leaves nothing between the two times has none, and one in which a time comes twice goes from the first to the first. `null` when none is in sight.
 */
export function nextNight(hours: Hours, now: Date, notBefore: Date): Night | null {
  let start = lastTimeOfDay(now, hours.from, hours.timeZone);
  for (let tries = 0; tries < MOST_NIGHTS; tries += 1) {
    const end = endOf(start, hours);
    if (end > start && end > now && start >= notBefore) return { start, end };
    start = nextTimeOfDay(start, hours.from, hours.timeZone);
  }
  return null;
}

/** The first instant, not before the start, at which the clock shows the second time. */
function endOf(start: Date, { to, timeZone }: Hours): Date {
  return nextTimeOfDay(new Date(start.getTime() - 1), to, timeZone);
}
