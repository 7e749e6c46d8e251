import type { Column } from "../../exchange/rules/columns.ts";

/** One line of a JSON Lines file, or what is wrong with its form. */
export type JsonItem =
  | { row: number; value: Record<string, unknown> }
  | { row: number; broken: "not-json" | "not-an-object" | "too-deep" | "too-long" };

/** Reads JSON Lines as they come in pieces. Rows count from 1; there is no header. */
export class JsonLinesParser {
  ended = false;
  private rest = "";
  private row = 0;
  private readonly limits: { record: number; depth: number };

  constructor(limits: { record: number; depth: number }) {
    this.limits = limits;
  }

  push(text: string): JsonItem[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    const items = lines.flatMap((line) => this.take(line));
    if (this.rest.length > this.limits.record) {
      this.ended = true;
      items.push({ row: this.row + 1, broken: "too-long" });
      this.rest = "";
    }
    return items;
  }

  finish(): JsonItem[] {
    return this.take(this.rest);
  }

  private take(line: string): JsonItem[] {
    this.row += 1;
    const { row } = this;
    if (line.trim() === "") return [];
    if (line.length > this.limits.record) return [{ row, broken: "too-long" }];
    if (depthOf(line) > this.limits.depth) return [{ row, broken: "too-deep" }];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return [{ row, broken: "not-json" }];
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ row, broken: "not-an-object" }];
    return [{ row, value: value as Record<string, unknown> }];
  }
}

/** How deep brackets are nested, without building anything: of a million of them, a parser would run out of stack. */
export function depthOf(json: string): number {
  let depth = 0;
  let most = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (inText) {
      if (code === 92) at += 1;
      else if (code === 34) inText = false;
    } else if (code === 34) inText = true;
    else if (code === 123 || code === 91) most = Math.max(most, (depth += 1));
    else if (code === 125 || code === 93) depth -= 1;
  }
  return most;
}

/** A value as CSV would hold it; `undefined` for what cannot stand in this column. */
export function asText(value: unknown, column: Column): string | null | undefined {
  if (column.type.kind === "json") return JSON.stringify(value);
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return column.type.kind === "boolean" ? String(value) : undefined;
  // A whole number is the same in every reader; of one with places, a reader may already have changed the last.
  return typeof value === "number" && Number.isSafeInteger(value) && column.type.kind !== "text" ? String(value) : undefined;
}
