import type { Column } from "../../exchange/rules/columns.ts";

/** A cell as it is kept, or what is wrong with it and how to put it right. `note` says what was changed about a value of another tool. */
export type Cell = { value: string | null; note?: string } | { what: string; todo: string };

/** `true`: of another tool, which may leave out what has a default, writes amounts with a currency, and times without a zone. */
export type Origin = { foreign: boolean };

/** Most characters, by column: what PostgreSQL can index at three bytes each. What is not named may be as long as any cell. */
const MOST: Readonly<Record<string, number>> = {
  number: 64,
  sku: 64,
  name: 800,
  customer: 800,
  status: 50,
  order: 64,
  item: 64,
  file_name: 200,
  key: 100,
};
const NEVER_EMPTY = new Set(["number", "sku", "name", "customer", "status", "order", "file_name", "key", "sha256"]);
const SKU = /^[\p{L}\p{N}][\p{L}\p{N}._/-]*$/u;
const SHA256 = /^[0-9a-f]{64}$/;

/** What a cell means in its column. Numbers and times come out in one way of writing, so that equal ones are equal text. */
export function toCell(raw: string | null, column: Column, origin: Origin): Cell {
  if (raw === null || raw === "") return emptyCell(raw, column, origin);
  switch (column.type.kind) {
    case "text":
      return textCell(raw, column, origin);
    case "decimal":
      return decimalCell(raw, column.type, origin);
    case "whole":
      return /^[1-9]\d{0,8}$/.test(raw.trim())
        ? { value: raw.trim() }
        : wrong(`“${shortened(raw)}” is not a whole number.`, "Write a number such as 1.");
    case "boolean":
      return booleanCell(raw, origin);
    case "instant":
      return instantCell(raw, origin);
    case "json":
      return { value: raw };
  }
}

function emptyCell(raw: string | null, column: Column, { foreign }: Origin): Cell {
  if (column.nullable) return { value: null };
  if (column.type.kind === "text" && !NEVER_EMPTY.has(column.name) && (raw !== null || foreign)) return { value: "" };
  if (foreign && column.type.kind === "decimal" && column.name !== "quantity") return { value: padded("0", column.type.places) };
  return wrong(raw === null ? "There is no value." : "The cell is empty.", "Fill it in.");
}

function textCell(raw: string, column: Column, { foreign }: Origin): Cell {
  const text = foreign ? raw.trim() : raw;
  if (text.includes("\0")) {
    return wrong("There is a NUL character in the text.", "Take it out, for example by typing the text again.");
  }
  if (!text.isWellFormed()) return wrong("There is half of a character in the text.", "Type the text again and save as UTF-8.");
  if (NEVER_EMPTY.has(column.name) && text.trim() === "") return wrong("The cell is empty.", "Fill it in.");
  const most = MOST[column.name];
  if (most !== undefined && text.length > most) {
    return wrong(`It is ${text.length} characters long.`, `Shorten it to ${most} characters or fewer.`);
  }
  if (isSku(column) && !SKU.test(text)) {
    return wrong(
      `“${shortened(text)}” cannot be an SKU.`,
      "Use letters, digits and . _ / - only, beginning with a letter or a digit.",
    );
  }
  if (column.name.endsWith("sha256") && !SHA256.test(text)) {
    return wrong("This is not the sha256 of a file.", "Leave this column as it was exported.");
  }
  return { value: text };
}

function isSku(column: Column): boolean {
  return column.name === "sku" || column.refersTo === "items";
}

type Decimal = { places: number; negative: boolean };

function decimalCell(raw: string, type: Decimal, { foreign }: Origin): Cell {
  const text = foreign ? plainNumber(raw) : raw;
  const number = parsed(text ?? "");
  if (number === null) {
    const example = `Write a number such as ${padded("12", type.places)}, without a separator for thousands.`;
    return wrong(`“${shortened(raw)}” is not a number.`, example);
  }
  if (number.whole.length > 14 - type.places) {
    return wrong(`“${shortened(raw)}” is larger than FilaOps can keep.`, "Look whether the number is right.");
  }
  const isTooFine = number.part.replace(/0+$/, "").length > type.places;
  if (isTooFine && !foreign) {
    return wrong(`“${shortened(raw)}” has more than ${type.places} decimal places.`, `Round it to ${type.places} places.`);
  }
  const value = signedValue(number, type.places);
  if (value.startsWith("-") && !type.negative) return wrong(`“${shortened(raw)}” is below zero.`, "Write zero or more.");
  return isTooFine ? { value, note: `“${shortened(raw)}” was rounded to ${value}.` } : { value };
}

/** With so many places, rounded half up where there are more; zero has no sign. */
function signedValue({ isNegative, whole, part }: Parsed, places: number): string {
  const value = part.length > places ? rounded({ whole, part }, places) : padded(`${whole}.${part}`, places);
  return isNegative && !/^[0.]+$/.test(value) ? `-${value}` : value;
}

type Parsed = { isNegative: boolean; whole: string; part: string };

function parsed(text: string): Parsed | null {
  const match = /^(-?)0*(\d+?)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "0", part = ""] = match;
  return { isNegative: sign === "-", whole, part };
}

/** The number in an amount as people write them: `€ 1,234.50`, `12,5`. `null` when it could be read in two ways. */
function plainNumber(raw: string): string | null {
  const text = raw.replaceAll(/[\s\p{Sc}\u00a0]/gu, "").replace(/^\+/, "");
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(text)) return text.replaceAll(",", "");
  if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(text)) return text.replaceAll(".", "").replace(",", ".");
  // `1,234` may be a thousand or one and a bit.
  return /^-?\d+,\d{1,2}$|^-?\d+,\d{4,}$/.test(text) ? text.replace(",", ".") : null;
}

function padded(text: string, places: number): string {
  const [whole = "0", part = ""] = text.split(".");
  return places === 0 ? whole : `${whole}.${part.slice(0, places).padEnd(places, "0")}`;
}

function rounded({ whole, part }: { whole: string; part: string }, places: number): string {
  const scaled = BigInt(whole + part.slice(0, places)) + (Number(part[places]) >= 5 ? 1n : 0n);
  const digits = scaled.toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const YES = new Set(["true", "t", "yes", "y", "1"]);
const NO = new Set(["false", "f", "no", "n", "0"]);

function booleanCell(raw: string, { foreign }: Origin): Cell {
  const text = foreign ? raw.trim().toLowerCase() : raw;
  if (text === "true" || (foreign && YES.has(text))) return { value: "true" };
  if (text === "false" || (foreign && NO.has(text))) return { value: "false" };
  return wrong(`“${shortened(raw)}” is neither true nor false.`, "Write true or false.");
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const OURS = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,3})?Z$/;
const OTHERS = /^(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

function instantCell(raw: string, { foreign }: Origin): Cell {
  if (isInstant(raw)) return { value: raw };
  const text = raw.trim();
  const iso = OURS.test(text) ? text : foreign ? isoOf(text) : null;
  const time = iso === null ? Number.NaN : Date.parse(iso);
  const value = Number.isNaN(time) ? "" : new Date(time).toISOString();
  // For Date, a 30th of February is some other day.
  if (isInstant(value) && isDay(text)) return { value };
  const example = foreign ? "2026-11-26 or 2026-11-26 14:30" : "2026-11-26T14:30:00.000Z";
  return wrong(`“${shortened(raw)}” is not a date and time.`, `Write it as ${example}.`);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Whether text is an instant in our own way of writing. There are several in most rows, so it makes no date of it. */
function isInstant(text: string): boolean {
  return text.length === 24 && INSTANT.test(text) && isDay(text);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether text begins with a day of the calendar, as `2026-02-28`. */
function isDay(text: string): boolean {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= days;
}

/** What has no zone is taken as UTC. */
function isoOf(text: string): string | null {
  if (DAY.test(text)) return `${text}T00:00:00.000Z`;
  const match = OTHERS.exec(text);
  if (match === null) return null;
  const [, day = "", time = "", seconds = ":00", fraction = "", zone = "Z"] = match;
  return `${day}T${time}${seconds}${fraction.slice(0, 4)}${zone}`;
}

function wrong(what: string, todo: string): Cell {
  return { what, todo };
}

/** So much of a value as a sentence bears. */
export function shortened(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
