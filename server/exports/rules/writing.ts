import type { ColumnType } from "../../exchange/rules/columns.ts";

/** A row as PostgreSQL writes it in UTC, in the order of the columns. */
export type TextRow = readonly (string | null)[];

/** How the rows of one entity become text. */
export type Writing = { header: string; rows: (rows: readonly TextRow[]) => string };

/** PostgreSQL's text for a value as an exchange file has it. */
export function fieldText(type: ColumnType, value: string): string {
  switch (type.kind) {
    case "instant":
      return instantText(value);
    case "boolean":
      return value === "t" ? "true" : "false";
    case "text":
    case "decimal":
    case "whole":
    case "json":
      return value;
  }
}

/** `2026-11-26 20:21:44.12+00` as `2026-11-26T20:21:44.120Z`. */
export function instantText(value: string): string {
  const zone = value.indexOf("+", 19);
  const place = value.indexOf(" ");
  if (zone === -1 || place === -1) throw new Error(`not an instant in UTC: ${value}`);
  const seconds = place + 9;
  const fraction = value.slice(seconds + 1, zone);
  return `${value.slice(0, place)}T${value.slice(place + 1, seconds)}.${fraction.padEnd(3, "0")}Z`;
}
