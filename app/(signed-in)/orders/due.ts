const DAY_MS = 24 * 60 * 60 * 1000;
const NEAR_DAYS = 6;
const CLOSED = new Set(["shipped", "delivered", "done", "completed", "cancelled"]);

/** Whether somebody still has to do something for an order of this status. A status that we do not know counts as open. */
export function isOpen(statusCode: string): boolean {
  return !CLOSED.has(statusCode);
}

/** How many calendar days of the reader lie between two instants: 0 is the same day, negative is the past. */
export function dayDistance(instant: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(instant) - midnight(now)) / DAY_MS);
}

/** A day in words: "today", "tomorrow", "in 3 days", and the date when it is further away. */
export function dueWords(day: Date, distance: number): string {
  if (Math.abs(distance) > NEAR_DAYS) return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" }).format(day);
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(distance, "day");
}

/** The reader's calendar day of an instant as a date field wants it: "2026-11-23". */
export function toDay(instant: Date): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${instant.getFullYear()}-${pad(instant.getMonth() + 1)}-${pad(instant.getDate())}`;
}

/** Noon of a day in the reader's zone: a day stays the same day for readers in the zones around. `null` when it is no day. */
export function fromDay(day: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return null;
  const noon = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]), 12);
  return Number.isNaN(noon.getTime()) ? null : noon.toISOString();
}
