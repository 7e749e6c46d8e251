const LOCALE = "en-GB";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** "4,012". */
export function count(value: number): string {
  return new Intl.NumberFormat(LOCALE).format(value);
}

/** "1 order", "4,012 orders". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A duration the way people speak: "about 40 seconds", "about a minute", "about 3 hours". */
export function aboutDuration(ms: number): string {
  if (ms < 1.5 * SECOND) return "about a second";
  if (ms < 10 * SECOND) return `about ${Math.round(ms / SECOND)} seconds`;
  if (ms < 55 * SECOND) return `about ${Math.round(ms / SECOND / 5) * 5} seconds`;
  if (ms < 90 * SECOND) return "about a minute";
  if (ms < 55 * MINUTE) return `about ${Math.round(ms / MINUTE)} minutes`;
  if (ms < 90 * MINUTE) return "about an hour";
  return `about ${Math.round(ms / HOUR)} hours`;
}

/** What was measured, short: "0.4 s", "12 s", "2 min 5 s", "1 h 10 min". */
export function measured(ms: number): string {
  if (ms < 100) return "under 0.1 s";
  if (ms < 9950) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < 59.5 * SECOND) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) {
    const seconds = Math.round(ms / SECOND);
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(ms / MINUTE);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long saving was paused, in a sentence: "less than a second", "4 seconds", "2 minutes". Rounded up: never shorter than it was. */
export function pauseWords(ms: number): string {
  if (ms < SECOND) return "less than a second";
  if (ms <= 90 * SECOND) return plural(Math.ceil(ms / SECOND), "second");
  return plural(Math.ceil(ms / MINUTE), "minute");
}

/** "24 November 2026, 02:00", in the reader's zone; "24 November 2026, 02:00 UTC" where the reader's is not known. */
export function moment(at: string, zone?: "UTC"): string {
  const options = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  const parts = new Intl.DateTimeFormat(LOCALE, { ...options, ...(zone === undefined ? {} : { timeZone: zone }) }).formatToParts(
    new Date(at),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const day = `${part("day")} ${part("month")} ${part("year")}`;
  return `${day}, ${part("hour")}:${part("minute")}${zone === undefined ? "" : ` ${zone}`}`;
}

/** "312 bytes", "85 MB", "1.4 GB"; decimal units, as disks are sold. */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"] as const;
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const text = unit === 0 || rest >= 10 ? Math.round(rest).toString() : rest.toFixed(1);
  return `${text} ${units[unit] ?? "TB"}`;
}

type Unit = "bytes" | "rows" | "migrations" | "seconds" | "checks" | "steps";

/** "41 of 85 MB", "1.2 of 1.9 million rows", "2 of 3 changes", "Step 7 of 23"; without a total only what is done. */
export function amount(done: number, total: number | null, unit: Unit): string {
  const words = { rows: "row", migrations: "change", seconds: "second", checks: "check" } as const;
  if (unit === "bytes") return total === null ? bytes(done) : `${sameUnit(bytes(done), bytes(total))} of ${bytes(total)}`;
  if (unit === "rows" && (total ?? done) >= 1e6) {
    const millions = (value: number) => (value / 1e6).toFixed(1);
    return total === null ? `${millions(done)} million rows` : `${millions(done)} of ${millions(total)} million rows`;
  }
  const rounded = Math.floor(done);
  if (unit === "steps") return total === null ? `Step ${count(rounded)}` : `Step ${count(rounded)} of ${count(total)}`;
  return total === null ? plural(rounded, words[unit]) : `${count(rounded)} of ${plural(Math.ceil(total), words[unit])}`;
}

/** "41 MB of 85 MB" says the unit once too often. */
function sameUnit(part: string, whole: string): string {
  const unit = whole.slice(whole.indexOf(" "));
  return part.endsWith(unit) ? part.slice(0, -unit.length) : part;
}
