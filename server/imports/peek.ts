import type { Mapping } from "./contract.ts";
import type { ForeignFile } from "./contract.ts";
import { LIMITS } from "./contract.ts";
import type { DataFile } from "./open-upload.ts";
import { looksLikeUtf16 } from "./read-rows.ts";
import { CsvParser, delimiterOf } from "./rules/csv.ts";
import { JsonLinesParser } from "./rules/json-lines.ts";
import { entityOf, fillable, guess, signatureOf } from "./rules/mapping.ts";
import { AppError } from "../platform/errors.ts";

const HEAD_BYTES = 128 * 1024;
const SAMPLE_ROWS = 3;
const SAMPLE_CHARS = 100;

export type Peeked = ForeignFile & {
  /** Whether its headers are ours, so that nobody has to say which is which. */ known: boolean;
};

/** The headers and first rows of another tool's file, with the mapping that was remembered for such headers, or a guess. */
export async function peek(file: DataFile, remembered: ReadonlyMap<string, Mapping>): Promise<Peeked> {
  const { headers, sample } = file.format === "csv" ? csvHead(await headOf(file)) : jsonHead(await headOf(file));
  const entity = entityOf(headers);
  const known = remembered.get(signatureOf(headers));
  const base = {
    name: file.name,
    headers: headers.slice(0, LIMITS.columns),
    sample: sample.map((row) => row.slice(0, LIMITS.columns).map((cell) => cell.slice(0, SAMPLE_CHARS))),
  };
  if (entity !== null) {
    const names = fillable(entity).map(({ name }) => name);
    const columns = Object.fromEntries(names.filter((name) => headers.includes(name)).map((name) => [name, name]));
    return { ...base, mapping: { entity, columns, statuses: {}, createCustomers: false }, remembered: false, known: true };
  }
  return { ...base, mapping: known ?? guess(headers), remembered: known !== undefined, known: false };
}

async function headOf(file: DataFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file.chunks()) {
    if (bytes === 0 && looksLikeUtf16(chunk)) {
      throw new AppError("import-unreadable", { reason: `${file.name} is in UTF-16: save it again as “CSV UTF-8”.` });
    }
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= HEAD_BYTES) break;
  }
  // Cut in the middle of a character, if need be: only the first rows are looked at.
  return new TextDecoder("utf-8").decode(Buffer.concat(chunks));
}

function csvHead(text: string): { headers: string[]; sample: string[][] } {
  const parser = new CsvParser(delimiterOf(text.split("\n", 1)[0] ?? ""), { cell: LIMITS.cell, record: HEAD_BYTES * 2 });
  const records = [...parser.push(text), ...(text.length < HEAD_BYTES / 4 ? parser.finish() : [])];
  const [headers = [], ...sample] = records.slice(0, SAMPLE_ROWS + 1).flatMap((item) => ("cells" in item ? [item.cells] : []));
  return { headers, sample };
}

function jsonHead(text: string): { headers: string[]; sample: string[][] } {
  const parser = new JsonLinesParser({ record: HEAD_BYTES * 2, depth: LIMITS.depth });
  const values = [...parser.push(text), ...(text.length < HEAD_BYTES / 4 ? parser.finish() : [])]
    .slice(0, SAMPLE_ROWS)
    .flatMap((item) => ("value" in item ? [item.value] : []));
  const headers = Object.keys(values[0] ?? {});
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return {
    headers,
    sample: values.map((value) => headers.map((header) => (Object.hasOwn(value, header) ? shown(value[header]) : ""))),
  };
}
