import { createHash } from "node:crypto";
import type { Entity } from "../exchange/contract.ts";
import type { Column } from "../exchange/rules/columns.ts";
import { COLUMNS } from "../exchange/rules/columns.ts";
import { AppError } from "../platform/errors.ts";
import type { Mapping } from "./contract.ts";
import type { Findings } from "./findings.ts";
import type { DataFile, Upload } from "./open-upload.ts";
import type { FoundAt, Reading, RowSink } from "./read-rows.ts";
import { ofFile, readRows } from "./read-rows.ts";
import { fillable, LINES_TEXT, neededColumns, statusOf } from "./rules/mapping.ts";
import { shortened } from "./rules/cells.ts";
import { raised } from "./rules/numbers.ts";
import type { Source } from "./source.ts";
import type { StagedKind, Staging, Value } from "./staging.ts";

/** Of these so many are remembered, to be asked about once; the rest is asked about again. */
const MOST_REFERENCES = 10_000;
const MOST_STATUSES = 50;

export type StageDeps = {
  staging: Staging;
  findings: Findings;
  /** Our codes. */
  statuses: ReadonlySet<string>;
  onBytes: (bytes: number, rows: number) => Promise<void>;
  signal: AbortSignal;
};

/** Reads all files of an upload, tells what is wrong with each row by itself, and stages what could be read. */
export async function stageUpload(upload: Upload, mappings: ReadonlyMap<string, Mapping>, deps: StageDeps): Promise<Source> {
  const source: Source = {
    files: upload.files.map((file) => describe(file, mappings)),
    exportedAt: upload.manifest?.exportedAt ?? null,
    highest: { customers: "0", orders: "0" },
    unknownStatuses: [],
    incomplete: [...upload.missing],
  };
  for (const name of upload.missing) {
    deps.findings.add({
      file: name,
      ...ofFile("The file is named by the manifest, but it is not there.", "Export again, or put it back."),
    });
  }
  for (const name of upload.ignored.slice(0, 100)) {
    deps.findings.add({ file: name, severity: "notice", row: null, column: null, what: "The file is not read.", todo: "" });
  }
  for (const [index, file] of upload.files.entries()) await stageFile({ ...describe(file, mappings), file, index }, source, deps);
  await deps.staging.finish();
  return source;
}

/** What a file is about: as the manifest says, or as a person does. */
function describe({ name, declared }: DataFile, mappings: ReadonlyMap<string, Mapping>): Source["files"][number] {
  if (declared !== null) return { name, entity: declared.entity, mapping: null };
  const mapping = mappings.get(name);
  if (mapping === undefined) throw new AppError("mapping-incomplete", { file: name, reason: "Say what the file is about." });
  return { name, entity: mapping.entity, mapping };
}

type Described = { file: DataFile; index: number; entity: Entity; mapping: Mapping | null };

async function stageFile({ file, index, entity, mapping }: Described, source: Source, deps: StageDeps): Promise<void> {
  const hash = createHash("sha256");
  const take = taker({ entity, mapping, index }, source, deps);
  let rows = 0;
  let places: number[] = [];
  const width = COLUMNS[entity].length + 1;
  const sink: RowSink = {
    begin: (columns) => {
      places = columns.map((column) => placeOf(entity, column));
    },
    row: ({ row, bad }, read) => {
      rows += 1;
      const values: Value[] = new Array<Value>(width).fill(undefined);
      for (const [at, place] of places.entries()) values[place] = read[at];
      take({ row, bad, values });
    },
    finding: (finding) => {
      deps.findings.add({ file: file.name, ...finding });
    },
    piece: async (bytes) => {
      deps.signal.throwIfAborted();
      await Promise.all([deps.staging.drain(), deps.findings.drain()]);
      await deps.onBytes(bytes, rows);
    },
  };
  const isWhole = await readRows(hashed(file.chunks(), hash), readingOf(file, { entity, mapping }), sink);
  if (!isWhole) source.incomplete.push(file.name);
  const { declared } = file;
  if (declared === null || !isWhole || (declared.rows === rows && declared.sha256 === hash.digest("hex"))) return;
  const what = `The file was changed after it was exported: it had ${declared.rows} rows, and has ${rows}.`;
  sink.finding({ severity: "notice", row: null, column: null, what, todo: "" });
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Lines as text stand behind all columns of an order. */
function placeOf(entity: Entity, column: Column): number {
  return column.name === LINES_TEXT ? COLUMNS[entity].length : COLUMNS[entity].findIndex(({ name }) => name === column.name);
}

function readingOf(file: DataFile, { entity, mapping }: { entity: Entity; mapping: Mapping | null }): Reading {
  if (mapping === null) {
    const columns = COLUMNS[entity].map((column) => ({ column, header: column.name, needed: true }));
    return { format: file.format, delimiter: ",", columns, origin: { foreign: false }, defused: file.format === "csv" };
  }
  const needed = neededColumns(mapping.entity);
  const columns = fillable(mapping.entity).flatMap((column) => {
    const header = Object.hasOwn(mapping.columns, column.name) ? mapping.columns[column.name] : undefined;
    return header === undefined ? [] : [{ column, header, needed: needed.includes(column.name) }];
  });
  return { format: file.format, delimiter: null, columns, origin: { foreign: true }, defused: false };
}

type Taken = { row: number; bad: boolean; values: Value[] };

/** Puts a row where it belongs, and notes what it refers to. */
function taker(
  { entity, mapping, index: file }: { entity: Entity; mapping: Mapping | null; index: number },
  source: Source,
  { staging, findings, statuses }: StageDeps,
): (taken: Taken) => void {
  const name = source.files[file]?.name ?? "";
  const column = (wanted: string) => COLUMNS[entity].findIndex((each) => each.name === wanted);
  const tell = (finding: FoundAt) => {
    findings.add({ file: name, ...finding });
  };
  const refer = referrer(staging, file);
  const place = { status: column("status"), customer: column("customer"), item: column("item") };

  function orderRow(taken: Taken): boolean {
    const { values, row } = taken;
    const customer = values[place.customer];
    if (typeof customer === "string") refer(mapping === null ? "customer_refs" : "customer_names", customer, row);
    const word = values[place.status];
    if (typeof word !== "string") return true;
    const code = mapping === null ? (statuses.has(word) ? word : null) : statusOf(word, mapping.statuses, statuses);
    if (code !== null) {
      values[place.status] = code;
      return true;
    }
    const unknown = source.unknownStatuses;
    if (mapping !== null && !unknown.includes(word) && unknown.length < MOST_STATUSES) unknown.push(word);
    const todo = mapping === null ? `Write one of: ${[...statuses].join(", ")}.` : "Say among the columns what it means here.";
    tell({ severity: "error", row, column: "status", what: `“${shortened(word)}” is no status that FilaOps knows.`, todo });
    return false;
  }

  return (taken) => {
    const { values, row } = taken;
    const key = values[0];
    let { bad } = taken;
    if (entity === "orders") bad = !orderRow(taken) || bad;
    const item = entity === "order_lines" ? values[place.item] : null;
    if (typeof item === "string") refer("item_refs", item, row);
    // Without its key a row is nobody; it was told.
    if (typeof key !== "string") return;
    if (entity === "customers") source.highest.customers = raised(source.highest.customers, key, "C-");
    if (entity === "orders") source.highest.orders = raised(source.highest.orders, key, "O-");
    staging.add(entity, key, { file, row, bad, values });
  };
}

/** Notes each reference the first time it is met, so far as memory reaches. */
function referrer(staging: Staging, file: number): (kind: StagedKind, key: string, row: number) => void {
  const seen = new Set<string>();
  return (kind, key, row) => {
    const mark = `${kind}/${key}`;
    if (seen.has(mark)) return;
    if (seen.size >= MOST_REFERENCES) seen.clear();
    seen.add(mark);
    staging.add(kind, key, { file, row, bad: false, values: [key] });
  };
}
