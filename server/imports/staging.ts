import type { FileHandle } from "node:fs/promises";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson, writeAtomically } from "../platform/files.ts";

const indexSchema = z.object({
  buckets: z.int().min(1),
  /** By kind and bucket: where its pieces lie in the file, as offset and length. */
  pieces: z.record(z.string(), z.array(z.tuple([z.int(), z.int()]))),
  rows: z.record(z.string(), z.int()),
});

/** Rows of entities, and what rows refer to. */
export type StagedKind =
  | "customers"
  | "items"
  | "orders"
  | "order_lines"
  | "attachments"
  | "users"
  | "settings"
  | "customer_refs"
  | "item_refs"
  | "customer_names";

/** A value of a row; `undefined` where its file has no such column. */
export type Value = string | null | undefined;

/** One staged line: the file's place in the list, its row, whether something in it is wrong, then its values. */
export type StagedLine = { file: number; row: number; bad: boolean; values: Value[] };

/** About so many bytes of a file belong into one bucket: what is in memory at once. */
const BUCKET_BYTES = 1024 * 1024;
const MOST_BUCKETS = 512;
const PIECE_CHARS = 16 * 1024;

export function bucketsFor(bytes: number): number {
  return Math.min(MOST_BUCKETS, Math.max(1, Math.ceil(bytes / BUCKET_BYTES)));
}

/**
 * Rows on disk, in buckets by their natural key, so that all that has the same key is in the same bucket whatever the order of the files. A bucket is
 * read whole; there are more of them the larger the file is, so that memory stays the same.
 */
export type Staging = {
  buckets: number;
  add: (kind: StagedKind, key: string, line: StagedLine) => void;
  /** Writes what has gathered; to be awaited now and then. */
  drain: () => Promise<void>;
  finish: () => Promise<void>;
  /** Also for what is not finished. */
  close: () => Promise<void>;
};

export async function createStaging(folder: string, buckets: number): Promise<Staging> {
  const file = await open(join(folder, "staged"), "w", 0o600);
  const gathering = new Map<string, string[]>();
  const gathered = new Map<string, number>();
  const pieces: Record<string, [number, number][]> = {};
  const rows: Record<string, number> = {};
  let full: string[] = [];
  let offset = 0;
  let closed = false;

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await file.close();
  }
  async function write(key: string): Promise<void> {
    const lines = gathering.get(key) ?? [];
    gathering.delete(key);
    gathered.delete(key);
    if (lines.length === 0) return;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    await file.write(bytes, 0, bytes.length, offset);
    (pieces[key] ??= []).push([offset, bytes.length]);
    offset += bytes.length;
  }

  return {
    buckets,
    add(kind, key, { file: index, row, bad, values }) {
      const place = `${kind}.${bucketOf(key, buckets)}`;
      const text = JSON.stringify([index, row, bad ? 1 : 0, ...values.map((value) => (value === undefined ? 0 : value))]);
      const lines = gathering.get(place);
      if (lines === undefined) gathering.set(place, [text]);
      else lines.push(text);
      rows[kind] = (rows[kind] ?? 0) + 1;
      const chars = (gathered.get(place) ?? 0) + text.length;
      gathered.set(place, chars);
      if (chars >= PIECE_CHARS && chars - text.length < PIECE_CHARS) full.push(place);
    },
    async drain() {
      const now = full;
      full = [];
      for (const place of now) await write(place);
    },
    async finish() {
      for (const place of [...gathering.keys()]) await write(place);
      await close();
      await writeAtomically(join(folder, "staged.index.json"), JSON.stringify({ buckets, pieces, rows }));
    },
    close,
  };
}

export type Staged = {
  buckets: number;
  rowsOf: (kind: StagedKind) => number;
  read: (kind: StagedKind, bucket: number) => Promise<StagedLine[]>;
  close: () => Promise<void>;
};

/** What was staged, in this process or one before. */
export async function openStaged(folder: string): Promise<Staged> {
  const indexPath = join(folder, "staged.index.json");
  const { buckets, pieces, rows } = parseJson(await readFile(indexPath, "utf8"), indexSchema, indexPath);
  const file = await open(join(folder, "staged"), "r");
  return {
    buckets,
    rowsOf: (kind) => rows[kind] ?? 0,
    read: async (kind, bucket) => {
      const lines: StagedLine[] = [];
      for (const [offset, length] of pieces[`${kind}.${bucket}`] ?? []) await readPiece(file, { offset, length }, lines);
      return lines;
    },
    close: () => file.close(),
  };
}

async function readPiece(
  file: FileHandle,
  { offset, length }: { offset: number; length: number },
  lines: StagedLine[],
): Promise<void> {
  const buffer = Buffer.allocUnsafe(length);
  await file.read(buffer, 0, length, offset);
  for (const text of buffer.toString("utf8").split("\n")) {
    if (text === "") continue;
    const [index, row, bad, ...values] = JSON.parse(text) as [number, number, number, ...(string | null | 0)[]];
    lines.push({ file: index, row, bad: bad === 1, values: values.map((value) => (value === 0 ? undefined : value)) });
  }
}

/** FNV-1a. Whoever makes keys that all fall into one bucket only makes their own import slow. */
function bucketOf(key: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % buckets;
}
