import type { Entity, ExchangeManifest } from "../exchange/contract.ts";
import { FORMAT_VERSION } from "../exchange/contract.ts";
import { COLUMNS, ENTITIES } from "../exchange/rules/columns.ts";
import { openFile } from "../files/open-file.ts";
import type { Snapshot } from "../platform/snapshot.ts";
import type { ExportOptions } from "./contract.ts";
import { csvWriting } from "./rules/csv.ts";
import { jsonLinesWriting } from "./rules/json-lines.ts";
import { bytesOf, countsOf, FILE_BYTES, FILES, SELECTS } from "./rules/selects.ts";
import { createSum } from "./rules/totals.ts";
import type { ZipFile } from "./zip.ts";

/** Rows that are read at once: a few milliseconds of work, between which others have their turn. */
const BATCH = 500;
const BYTE_ORDER_MARK = "\ufeff";

/** What will be written: of which entities, how many rows, and about how many bytes that takes on the disk at most. */
export type Outline = { entities: readonly Entity[]; rows: number; bytes: number };

export async function outlineOf(snapshot: Snapshot, options: ExportOptions): Promise<Outline> {
  const entities = ENTITIES.filter((entity) => isWanted(entity, options));
  const [counts] = await snapshot.query(countsOf(entities));
  const [[tables] = []] = await snapshot.query(bytesOf(entities));
  const [[files] = []] = options.withFiles ? await snapshot.query(FILE_BYTES) : [["0"]];
  return {
    entities,
    rows: (counts ?? []).reduce((sum, count) => sum + Number(count), 0),
    // Packed, rows take a third of what they take in the database; files as much as they have, for they are mostly packed already.
    bytes: Math.ceil(Number(tables) / 2) + Number(files),
  };
}

function isWanted(entity: Entity, { withFiles, withAccounts }: ExportOptions): boolean {
  if (entity === "attachments") return withFiles;
  if (entity === "users" || entity === "settings") return withAccounts;
  return true;
}

export type WriteTerms = {
  options: ExportOptions;
  outline: Outline;
  appVersion: string;
  at: Date;
  /** The folder of uploaded files; needed for an export with files. */
  files: string | undefined;
  /** So many more rows were written. */
  onRows: (rows: number) => void;
};

/** Writes everything into the zip, the manifest last. Says how many files were lacking. */
export async function writeExport(zip: ZipFile, snapshot: Snapshot, terms: WriteTerms): Promise<{ lacking: number }> {
  const { options, outline } = terms;
  const [files, totals]: [ExchangeManifest["files"], ExchangeManifest["totals"]] = [[], {}];
  for (const entity of outline.entities) {
    const sum = createSum(entity);
    const written = { rows: 0 };
    const name = `${entity}.${options.format}`;
    const content = await zip.entry(name, contentOf(snapshot, entity, { terms, sum, written }));
    files.push({ name, entity, rows: written.rows, ...content });
    if (sum !== null) totals[sum.name] = sum.total();
  }
  const lacking = options.withFiles ? await writeFiles(zip, snapshot, terms.files) : 0;
  const manifest: ExchangeManifest = {
    product: "filaops",
    formatVersion: FORMAT_VERSION,
    appVersion: terms.appVersion,
    exportedAt: terms.at.toISOString(),
    format: options.format,
    files,
    withFiles: options.withFiles,
    totals,
  };
  await zip.entry("manifest.json", chunk(`${JSON.stringify(manifest, null, 2)}\n`));
  return { lacking };
}

type Counting = { terms: WriteTerms; sum: ReturnType<typeof createSum>; written: { rows: number } };

async function* contentOf(
  snapshot: Snapshot,
  entity: Entity,
  { terms: { options, onRows }, sum, written }: Counting,
): AsyncGenerator<Buffer> {
  const { header, rows } = (options.format === "csv" ? csvWriting : jsonLinesWriting)(COLUMNS[entity]);
  const start = options.format === "csv" && options.forExcel ? `${BYTE_ORDER_MARK}${header}` : header;
  if (start !== "") yield Buffer.from(start);
  for await (const batch of snapshot.batches(SELECTS[entity], BATCH)) {
    sum?.add(batch);
    written.rows += batch.length;
    yield Buffer.from(rows(batch));
    onRows(batch.length);
  }
}

/** Each file that a row refers to, under its name. Counts those whose content is gone, or is not what its name says any more. */
async function writeFiles(zip: ZipFile, snapshot: Snapshot, folder: string | undefined): Promise<number> {
  let lacking = 0;
  for await (const batch of snapshot.batches(FILES, BATCH)) {
    for (const [sha256] of batch) {
      if (!(await writeFile(zip, folder, String(sha256)))) lacking += 1;
    }
  }
  return lacking;
}

async function writeFile(zip: ZipFile, folder: string | undefined, sha256: string): Promise<boolean> {
  const file = folder === undefined ? null : await openFile(folder, sha256);
  if (file === null) return false;
  const written = await zip.entry(`files/${sha256}`, file.stream as AsyncIterable<Buffer>);
  return written.sha256 === sha256;
}

async function* chunk(text: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}
