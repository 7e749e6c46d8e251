import type { Column, ColumnType } from "../../exchange/rules/columns.ts";
import type { Writing } from "./writing.ts";
import { fieldText } from "./writing.ts";

/** JSON Lines: one object a line, LF behind each, numbers of the database as strings, so that no reader rounds them. */
export function jsonLinesWriting(columns: readonly Column[]): Writing {
  const fields = columns.map(({ name, type }, place) => ({ start: `${place === 0 ? "{" : ","}${JSON.stringify(name)}:`, type }));
  return {
    header: "",
    rows: (rows) => {
      let text = "";
      for (const row of rows) {
        for (let place = 0; place < fields.length; place += 1) {
          const [value, field] = [row[place] ?? null, fields[place]];
          if (field !== undefined) text += field.start + (value === null ? "null" : jsonValue(field.type, value));
        }
        text += "}\n";
      }
      return text;
    },
  };
}

function jsonValue(type: ColumnType, value: string): string {
  const text = fieldText(type, value);
  // A boolean's words are JSON's, and a value that is JSON stays as it is, digit by digit.
  return type.kind === "boolean" || type.kind === "json" ? text : JSON.stringify(text);
}
