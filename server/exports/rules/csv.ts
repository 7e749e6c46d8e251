import type { Column } from "../../exchange/rules/columns.ts";
import { defuse } from "../../exchange/rules/formulas.ts";
import type { TextRow, Writing } from "./writing.ts";
import { fieldText } from "./writing.ts";

const NEEDS_QUOTES = /[",\r\n]|^ | $/;

/** A field as RFC 4180 wants it: in quotes only where it has to be. */
export function quoted(field: string): string {
  return NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** CSV: a header, CRLF behind each line, an empty field for null, and no text that a spreadsheet would take for a formula. */
export function csvWriting(columns: readonly Column[]): Writing {
  const fields = columns.map(({ type }) =>
    type.kind === "text" ? defusedField : (value: string) => quoted(fieldText(type, value)),
  );
  return {
    header: `${columns.map(({ name }) => name).join(",")}\r\n`,
    rows: (rows) => {
      let text = "";
      for (const row of rows) text += `${csvLine(row, fields)}\r\n`;
      return text;
    },
  };
}

function defusedField(value: string): string {
  return quoted(defuse(value));
}

function csvLine(row: TextRow, fields: readonly ((value: string) => string)[]): string {
  let line = "";
  for (let place = 0; place < fields.length; place += 1) {
    const [value, field] = [row[place] ?? null, fields[place]];
    if (place > 0) line += ",";
    if (value !== null && field !== undefined) line += field(value);
  }
  return line;
}
