const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LOCALE = "en-GB";

/** An instant in UTC, the same on every machine: what the server renders. */
export function utcTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** An instant with seconds in the reader's zone. */
export function exactTime(instant: Date): string {
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "long" }).format(instant);
}

/** "just now", "10 minutes ago", "in 3 hours", "yesterday", and the date when it is further away than six days. */
export function relativeTime(instant: Date, now: number): string {
  const distance = instant.getTime() - now;
  const size = Math.abs(distance);
  if (size < 45_000) return "just now";
  if (size >= 6 * DAY) return new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" }).format(instant);
  const words = new Intl.RelativeTimeFormat(LOCALE, { numeric: size < DAY ? "always" : "auto" });
  if (size < HOUR) return words.format(Math.round(distance / MINUTE), "minute");
  if (size < DAY) return words.format(Math.round(distance / HOUR), "hour");
  return words.format(Math.round(distance / DAY), "day");
}
