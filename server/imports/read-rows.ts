import type { FileFormat } from "../exchange/contract.ts";
import type { Column } from "../exchange/rules/columns.ts";
import { restore } from "../exchange/rules/formulas.ts";
import type { Finding } from "./contract.ts";
import { LIMITS } from "./contract.ts";
import type { Origin } from "./rules/cells.ts";
import { shortened, toCell } from "./rules/cells.ts";
import type { Broken, CsvItem } from "./rules/csv.ts";
import { CsvParser, delimiterOf } from "./rules/csv.ts";
import type { JsonItem } from "./rules/json-lines.ts";
import { asText, JsonLinesParser } from "./rules/json-lines.ts";
import { ZipError } from "./rules/zip-directory.ts";

/** How one file is to be read: which columns it should have, and under which header each stands. */
export type Reading = {
  format: FileFormat;
  /** `null`: by the header's own look, as other tools write it. */
  delimiter: string | null;
  columns: readonly { column: Column; header: string; needed: boolean }[];
  origin: Origin;
  /** Whether text was defused by us. */
  defused: boolean;
};

export type FoundAt = Omit<Finding, "file">;

/** Where rows go. `bad`: something in it is wrong, and was told; what could be read of it comes all the same. */
export type RowSink = {
  /** The columns that the file has, in the order in which values come. */
  begin: (columns: readonly Column[]) => void;
  row: (at: { row: number; bad: boolean }, values: (string | null)[]) => void;
  finding: (finding: FoundAt) => void;
  /** After each piece of the file, with its bytes. */
  piece: (bytes: number) => Promise<void>;
};

const RECORD = LIMITS.cell * 10;

/** Reads a file, tells what is wrong, and throws nothing for it. Gives whether it could be read to its end. */
export async function readRows(chunks: AsyncIterable<Uint8Array>, reading: Reading, sink: RowSink): Promise<boolean> {
  const rows = reading.format === "csv" ? csvRows(reading, sink) : jsonRows(reading, sink);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      if (isFirst && looksLikeUtf16(chunk)) {
        sink.finding(ofFile("The file is in UTF-16.", "Save it again as “CSV UTF-8”."));
        return false;
      }
      isFirst = false;
      rows.push(decoder.decode(chunk, { stream: true }));
      await sink.piece(chunk.byteLength);
      if (rows.ended()) return false;
    }
    rows.push(decoder.decode());
    rows.finish();
    return !rows.ended();
  } catch (error) {
    if (error instanceof ZipError) {
      sink.finding(ofFile(error.message, "Download or copy the file again, whole."));
      return false;
    }
    if (!(error instanceof TypeError && error.message.includes("encoded data"))) throw error;
    sink.finding({ ...ofFile("The text is not UTF-8.", "Save it again as “CSV UTF-8”."), row: rows.lastRow() + 1 });
    return false;
  }
}

/** UTF-16 begins with a mark of its own, or has a zero in every other byte. */
export function looksLikeUtf16(chunk: Uint8Array): boolean {
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const head = chunk.subarray(0, 64);
  return head.length >= 4 && head.filter((byte) => byte === 0).length * 3 > head.length;
}

type Rows = { push: (text: string) => void; finish: () => void; ended: () => boolean; lastRow: () => number };

const BROKEN: Record<Broken | Extract<JsonItem, { broken: string }>["broken"], { what: string; todo: string }> = {
  "unclosed-quote": {
    what: "A quote that opens here is never closed. What follows was not read.",
    todo: "Close the quote, or write it twice if it is part of the text.",
  },
  "after-quote": {
    what: "There is text behind a closing quote.",
    todo: "Write a quote that is part of the text twice, and put quotes around the whole cell.",
  },
  "too-long": {
    what: "The row is longer than FilaOps takes.",
    todo: `Shorten it: a cell holds up to ${LIMITS.cell} characters.`,
  },
  "too-deep": { what: "There are too many brackets within brackets.", todo: "Leave the line as it was exported." },
  "not-json": { what: "The line is not JSON.", todo: "Leave the line as it was exported." },
  "not-an-object": { what: "The line is not a JSON object.", todo: "Leave the line as it was exported." },
};

function csvRows(reading: Reading, sink: RowSink): Rows {
  let parser: CsvParser | null = null;
  let head = "";
  let columns: Planned[] | null = null;
  let width = 0;
  let lastRow = 0;
  let failed = false;

  function take(items: readonly CsvItem[]): void {
    for (const item of items) {
      if (failed) return;
      lastRow = item.row;
      if (tooMany(item.row, sink)) failed = true;
      else if ("broken" in item) sink.finding({ severity: "error", row: item.row, column: null, ...BROKEN[item.broken] });
      else if (columns === null) begin(item.cells);
      else if (item.cells.length !== width) sink.finding(wrongWidth(item.row, item.cells.length, width));
      else deliver(item.row, columns, { sink, reading, rawAt: (index) => item.cells[index] ?? "" });
    }
  }
  function begin(header: string[]): void {
    columns = plan(header, reading, sink);
    width = header.length;
    failed = columns === null;
    if (columns !== null) sink.begin(columns.map(({ column }) => column));
  }
  function push(text: string): void {
    if (parser !== null) {
      take(parser.push(text));
      return;
    }
    head += text;
    const newline = head.indexOf("\n");
    if (newline === -1 && head.length < RECORD) return;
    start();
  }
  function start(): void {
    parser = new CsvParser(reading.delimiter ?? delimiterOf(head.split("\n", 1)[0] ?? ""), { cell: LIMITS.cell, record: RECORD });
    take(parser.push(head));
    head = "";
  }
  function finish(): void {
    if (parser === null) start();
    take((parser as unknown as CsvParser).finish());
    if (columns !== null || failed) return;
    failed = true;
    sink.finding(ofFile("The file is empty.", "Look whether it is the right one."));
  }
  return { push, finish, ended: () => failed || parser?.ended === true, lastRow: () => lastRow };
}

function jsonRows(reading: Reading, sink: RowSink): Rows {
  const parser = new JsonLinesParser({ record: RECORD, depth: LIMITS.depth });
  const columns = reading.columns.map(({ column, header }, index) => ({ column, header, index }));
  const known = new Set(columns.map(({ header }) => header));
  let lastRow = 0;
  let failed = false;
  let toldMore = false;
  sink.begin(columns.map(({ column }) => column));

  function take(items: readonly JsonItem[]): void {
    for (const item of items) {
      if (failed) return;
      lastRow = item.row;
      if (tooMany(item.row, sink)) failed = true;
      else if ("broken" in item) sink.finding({ severity: "error", row: item.row, column: null, ...BROKEN[item.broken] });
      else {
        const more = toldMore ? undefined : Object.keys(item.value).find((key) => !known.has(key));
        if (more !== undefined) sink.finding(unknownColumn(more, item.row));
        toldMore ||= more !== undefined;
        const rawAt = (index: number) => valueIn(item.value, columns[index] as Planned);
        deliver(item.row, columns, { sink, reading, rawAt });
      }
    }
  }
  return {
    push: (text) => {
      take(parser.push(text));
    },
    finish: () => {
      take(parser.finish());
    },
    ended: () => failed || parser.ended,
    lastRow: () => lastRow,
  };
}

function valueIn(value: Record<string, unknown>, { column, header }: Planned): string | null | undefined {
  return Object.hasOwn(value, header) ? asText(value[header], column) : undefined;
}

type Planned = { column: Column; header: string; index: number };

/** Which cell is which column; `null` when the header does not do, which is told. */
function plan(header: readonly string[], reading: Reading, sink: RowSink): Planned[] | null {
  if (hasTooMany(header, sink)) return null;
  const planned = reading.columns.map((each) => ({ ...each, index: header.indexOf(each.header) }));
  const missing = planned.filter(({ index, needed }) => index === -1 && needed);
  for (const { header: name } of missing) sink.finding(missingColumn(name, header));
  if (missing.length > 0) return null;
  const known = new Set(planned.map((each) => each.header));
  if (!reading.origin.foreign) for (const name of header) if (!known.has(name)) sink.finding(unknownColumn(name, 1));
  return planned.filter(({ index }) => index !== -1);
}

function hasTooMany(header: readonly string[], sink: RowSink): boolean {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (header.length <= LIMITS.columns && twice === undefined) return false;
  const what = twice === undefined ? `There are ${header.length} columns.` : `Two columns are called “${shortened(twice)}”.`;
  const todo = "Take one of them away, or name it differently.";
  sink.finding({ severity: "error", row: 1, column: twice ?? null, what, todo });
  return true;
}

function missingColumn(name: string, header: readonly string[]): FoundAt {
  const mark = header.length === 1 ? delimiterOf(header[0] ?? "") : ",";
  const todo =
    mark === ","
      ? "Add it to the file, spelt as in an export."
      : `The columns are separated by ${mark === ";" ? "semicolons" : "tabs"}: save the file again with commas.`;
  return { severity: "error", row: 1, column: name, what: `There is no column “${shortened(name)}”.`, todo };
}

function deliver(
  row: number,
  columns: readonly Planned[],
  { sink, reading, rawAt }: { sink: RowSink; reading: Reading; rawAt: (index: number) => string | null | undefined },
): void {
  let bad = false;
  const values = columns.map(({ column, header, index }) => {
    const raw = rawAt(index);
    const text = reading.defused && column.type.kind === "text" && typeof raw === "string" ? restore(raw) : raw;
    const cell = text === undefined ? NO_VALUE : toCell(text, column, reading.origin);
    if ("what" in cell) {
      bad = true;
      sink.finding({ severity: "error", row, column: header, what: cell.what, todo: cell.todo });
      return null;
    }
    if (cell.note !== undefined) sink.finding({ severity: "notice", row, column: header, what: cell.note, todo: "" });
    return cell.value;
  });
  sink.row({ row, bad }, values);
}

const NO_VALUE = { what: "There is no value of the right kind.", todo: "Leave the line as it was exported." };

function tooMany(row: number, sink: RowSink): boolean {
  if (row <= LIMITS.rows) return false;
  sink.finding(ofFile(`There are more than ${LIMITS.rows} rows.`, "Divide the file."));
  return true;
}

function wrongWidth(row: number, cells: number, width: number): FoundAt {
  const what = `The row has ${cells} ${cells === 1 ? "cell" : "cells"}, the header ${width}.`;
  return { severity: "error", row, column: null, what, todo: "Put quotes around a cell that holds a comma or a line break." };
}

function unknownColumn(name: string, row: number): FoundAt {
  return { severity: "notice", row, column: name, what: `FilaOps has no column “${shortened(name)}”; it is not read.`, todo: "" };
}

export function ofFile(what: string, todo: string): FoundAt {
  return { severity: "error", row: null, column: null, what, todo };
}
