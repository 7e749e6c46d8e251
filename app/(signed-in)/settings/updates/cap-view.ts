import type { Cap } from "../../../../server/nag/contract.ts";

/** The levels that an owner can hold notices at, as they are chosen. */
export const CAP_CHOICES: { level: Cap["level"]; text: string }[] = [
  { level: "subtle", text: "A quiet word, and no more" },
  { level: "none", text: "Nothing at all" },
  { level: "warning", text: "At most a warning" },
  { level: "urgent", text: "At most the known issues, and no dialog" },
];

/** How a held level reads: "you are told …". */
export function capWords(level: Cap["level"]): string {
  return { none: "nothing", subtle: "in a quiet word only", warning: "by a warning at most", urgent: "without the last level" }[
    level
  ];
}

/** "31 January 2027", in the reader's zone. */
export function dayWords(instant: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }).format(new Date(instant));
}

/** The end of a day as the browser's date field names it, in the reader's zone; the text itself when it names none, for the schema to refuse. */
export function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59`);
  return Number.isNaN(end.getTime()) ? day : end.toISOString();
}

/** The day of an instant in the reader's zone, as a date field wants it. */
export function dayOf(instant: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}
