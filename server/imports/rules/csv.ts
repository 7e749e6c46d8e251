/** One record of a CSV file, or what is wrong with its form. `row` counts records from 1, the header being the first. */
export type CsvItem = { row: number; cells: string[] } | { row: number; broken: Broken };

export type Broken = "unclosed-quote" | "after-quote" | "too-long";

export type CsvLimits = { cell: number; record: number };

/** A file that is broken as often as this is read no further: what follows would be guesses. */
const MOST_BROKEN = 100;

/**
 * Reads RFC 4180, with CRLF or LF, as it comes in pieces. Lines without a quote are only split, which is most of them. A record that is broken is told and
 * skipped to the end of its line; after a quote that is never closed, or many broken ones, `ended` is true and the rest is not read.
 */
export class CsvParser {
  ended = false;
  private rest = "";
  private row = 0;
  private broken = 0;
  private readonly delimiter: string;
  private readonly limits: CsvLimits;

  constructor(delimiter: string, limits: CsvLimits) {
    this.delimiter = delimiter;
    this.limits = limits;
  }

  push(text: string): CsvItem[] {
    return this.take(this.rest + text, false);
  }

  /** What is left at the end of the file. */
  finish(): CsvItem[] {
    return this.take(this.rest, true);
  }

  private take(text: string, last: boolean): CsvItem[] {
    const items: CsvItem[] = [];
    let at = 0;
    let quote = text.indexOf('"');
    while (at < text.length && !this.ended) {
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      const found = this.recordAt(text, { at, quote, last });
      if (found === null) break;
      this.add(items, found.cells);
      at = found.next;
    }
    this.rest = this.ended ? "" : text.slice(at);
    // A quote that is never closed swallows the rest of the file: it is noticed long before.
    if (!last && this.rest.length > this.limits.record) {
      this.ended = true;
      this.add(items, this.rest.includes('"') ? "unclosed-quote" : "too-long");
      this.rest = "";
    }
    return items;
  }

  /** The record that begins at `at`; `null` when its end has not come yet. `quote` is where the next quote is. */
  private recordAt(text: string, { at, quote, last }: { at: number; quote: number; last: boolean }): Found | null {
    const newline = text.indexOf("\n", at);
    if (newline === -1 && !last) return null;
    const end = newline === -1 ? text.length : newline;
    const { delimiter } = this;
    if (quote !== -1 && quote <= end) return quoted(text, { at, last, delimiter });
    return { cells: plain(text, { at, end, delimiter }), next: end + 1 };
  }

  private add(items: CsvItem[], cells: string[] | Broken): void {
    this.row += 1;
    if (typeof cells !== "string" && cells.length === 1 && cells[0] === "") return;
    const tooLong = typeof cells !== "string" && cells.some((cell) => cell.length > this.limits.cell);
    const broken = typeof cells === "string" ? cells : tooLong ? "too-long" : null;
    if (broken === null) {
      items.push({ row: this.row, cells: cells as string[] });
      return;
    }
    this.broken += 1;
    if (broken === "unclosed-quote" || this.broken >= MOST_BROKEN) this.ended = true;
    items.push({ row: this.row, broken });
  }
}

function plain(text: string, { at, end, delimiter }: { at: number; end: number; delimiter: string }): string[] {
  const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
  return text.slice(at, stop).split(delimiter);
}

type Found = { cells: string[] | Broken; next: number };

/** A record with quotes in it, from `at`; `null` when its end has not come yet. */
function quoted(text: string, { at, last, delimiter }: { at: number; last: boolean; delimiter: string }): Found | null {
  const cells: string[] = [];
  let from = at;
  for (;;) {
    const cell = text[from] === '"' ? quotedCell(text, from, { last, delimiter }) : plainCell(text, from, { last, delimiter });
    if (cell === null) return null;
    if ("broken" in cell) return { cells: cell.broken, next: cell.next };
    cells.push(cell.cell);
    if (cell.isLast) return { cells, next: cell.next };
    from = cell.next;
  }
}

/** A cell, and where the next one or the next line begins. */
type FoundCell = { cell: string; isLast: boolean; next: number } | { broken: Broken; next: number };
type Context = { last: boolean; delimiter: string };

function plainCell(text: string, from: number, { last, delimiter }: Context): FoundCell | null {
  const { end, next } = endOfPlain(text, from, delimiter);
  if (end === -1 && !last) return null;
  const stop = end === -1 ? text.length : end;
  const isLast = next !== "delimiter";
  return { cell: withoutReturn(text.slice(from, stop), isLast), isLast, next: stop + 1 };
}

function quotedCell(text: string, from: number, { last, delimiter }: Context): FoundCell | null {
  const close = closingQuote(text, from + 1);
  if (close === -1) return last ? { broken: "unclosed-quote", next: text.length } : null;
  // The character after the quote decides, and the one after a CR.
  if (close + 2 >= text.length && !last) return null;
  const cell = text.slice(from + 1, close).replaceAll('""', '"');
  if (text[close + 1] === delimiter) return { cell, isLast: false, next: close + 2 };
  const end = lineEndAt(text, close + 1);
  if (end !== null) return { cell, isLast: true, next: end };
  const newline = text.indexOf("\n", close);
  if (newline === -1 && !last) return null;
  return { broken: "after-quote", next: newline === -1 ? text.length : newline + 1 };
}

function endOfPlain(text: string, from: number, delimiter: string): { end: number; next: "delimiter" | "newline" } {
  const newline = text.indexOf("\n", from);
  const comma = text.indexOf(delimiter, from);
  if (comma !== -1 && (newline === -1 || comma < newline)) return { end: comma, next: "delimiter" };
  return { end: newline, next: "newline" };
}

function withoutReturn(cell: string, isLast: boolean): string {
  return isLast && cell.endsWith("\r") ? cell.slice(0, -1) : cell;
}

/** The quote that ends the cell: one that is not doubled. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** Where the next line begins, if this one ends at `at`. */
function lineEndAt(text: string, at: number): number | null {
  if (at >= text.length) return at;
  if (text[at] === "\n") return at + 1;
  return text[at] === "\r" && (at + 1 >= text.length || text[at + 1] === "\n") ? at + 2 : null;
}

/** What separates the cells of a header: a comma, a semicolon (as spreadsheets write it in many countries) or a tab. */
export function delimiterOf(header: string): "," | ";" | "\t" {
  const outside = header.replaceAll(/"[^"]*"/g, "");
  const count = (mark: string) => outside.split(mark).length;
  return ([",", ";", "\t"] as const).reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
