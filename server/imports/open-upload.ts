import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { z } from "zod";
import type { Entity, ExchangeManifest, FileFormat } from "../exchange/contract.ts";
import { ENTITIES } from "../exchange/rules/columns.ts";
import { exchangeManifestSchema, FORMAT_VERSION } from "../exchange/contract.ts";
import { AppError } from "../platform/errors.ts";
import { firstIssue } from "../platform/files.ts";
import { LIMITS } from "./contract.ts";
import type { ZipEntry } from "./rules/zip-directory.ts";
import { ZipError } from "./rules/zip-directory.ts";
import type { Zip } from "./zip.ts";
import { openZip } from "./zip.ts";

export type DataFile = {
  name: string;
  format: FileFormat;
  bytes: number;
  /** What the manifest says of it; `null` for a file of another tool. */
  declared: { entity: Entity; rows: number; sha256: string } | null;
  chunks: () => AsyncIterable<Uint8Array>;
};

export type Upload = {
  /** `null`: not made by FilaOps. */
  manifest: ExchangeManifest | null;
  files: DataFile[];
  /** Named by the manifest, but not there. */
  missing: string[];
  /** What nothing is read of. */
  ignored: string[];
  /** Content of pictures and attachments, by its sha256. */
  contents: ReadonlyMap<string, { bytes: number; chunks: () => AsyncIterable<Uint8Array> }>;
  close: () => Promise<void>;
};

const MANIFEST = "manifest.json";
const MOST_MANIFEST_BYTES = 1024 * 1024;
const CONTENT = /^files\/([0-9a-f]{64})$/;
const DATA = /\.(csv|jsonl|ndjson)$/i;

/** Looks at what was uploaded: our zip, another one, or a single file. Throws `import-unreadable` and `import-newer`. */
export async function openUpload(path: string, fileName: string): Promise<Upload> {
  try {
    return (await isZip(path)) ? await openArchive(path) : await openSingle(path, fileName);
  } catch (error) {
    if (error instanceof ZipError) throw new AppError("import-unreadable", { reason: error.message }, { cause: error });
    throw error;
  }
}

async function isZip(path: string): Promise<boolean> {
  return (await headOf(path, 4)).equals(Buffer.from("PK\x03\x04", "latin1"));
}

async function headOf(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openSingle(path: string, fileName: string): Promise<Upload> {
  const head = (await headOf(path, 512)).toString("utf8").trimStart();
  const format = /\.(jsonl|ndjson)$/i.test(fileName) || head.startsWith("{") ? "jsonl" : "csv";
  const file = await open(path, "r");
  const { size } = await file.stat();
  await file.close();
  const chunks = () => createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  return {
    manifest: null,
    files: [{ name: fileName, format, bytes: size, declared: null, chunks }],
    ...{ missing: [], ignored: [], contents: new Map() },
    close: () => Promise.resolve(),
  };
}

async function openArchive(path: string): Promise<Upload> {
  const zip = await openZip(path, LIMITS);
  try {
    const entries = withoutWrapping(zip);
    const manifest = await manifestOf(zip, entries.get(MANIFEST));
    const contents = new Map<string, { bytes: number; chunks: () => AsyncIterable<Uint8Array> }>();
    for (const [name, entry] of entries) {
      const sha256 = CONTENT.exec(name)?.[1];
      if (sha256 !== undefined) contents.set(sha256, { bytes: entry.bytes, chunks: () => zip.read(entry) });
    }
    const { files, missing } = manifest === null ? othersFiles(zip, entries) : ourFiles(zip, entries, manifest);
    const read = new Set([MANIFEST, ...files.map(({ name }) => name)]);
    const ignored = [...entries.keys()].filter((name) => !read.has(name) && !CONTENT.test(name));
    return { manifest, files, missing, ignored, contents, close: () => zip.close() };
  } catch (error) {
    await zip.close();
    throw error;
  }
}

/** Whoever packs an export again often packs its folder, and some systems add files of their own. */
function withoutWrapping(zip: Zip): Map<string, ZipEntry> {
  const entries = [...zip.entries].filter(([name]) => !/(^|\/)(__MACOSX\/|\.[^/.]|Thumbs\.db$|desktop\.ini$)/.test(name));
  const folder = /^[^/]+\//.exec(entries[0]?.[0] ?? "")?.[0];
  const isWrapped = folder !== undefined && folder !== "files/" && entries.every(([name]) => name.startsWith(folder));
  return new Map(entries.map(([name, entry]) => [isWrapped ? name.slice(folder.length) : name, entry]));
}

async function manifestOf(zip: Zip, entry: ZipEntry | undefined): Promise<ExchangeManifest | null> {
  if (entry === undefined) return null;
  if (entry.bytes > MOST_MANIFEST_BYTES) throw new AppError("import-unreadable", { reason: "Its manifest is too large." });
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.read(entry)) chunks.push(chunk);
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw new AppError("import-unreadable", { reason: "Its manifest is not JSON." }, { cause: error });
  }
  const version = z.object({ product: z.literal("filaops"), formatVersion: z.int() }).safeParse(raw).data?.formatVersion;
  if (version !== undefined && version > FORMAT_VERSION) throw new AppError("import-newer", {});
  const manifest = exchangeManifestSchema.safeParse(raw);
  if (manifest.success) return manifest.data;
  throw new AppError("import-unreadable", { reason: `Its manifest is not one of ours (${firstIssue(manifest.error)}).` });
}

function ourFiles(zip: Zip, entries: ReadonlyMap<string, ZipEntry>, manifest: ExchangeManifest) {
  const missing = manifest.files.filter(({ name }) => !entries.has(name)).map(({ name }) => name);
  const files = manifest.files.flatMap(({ name, entity, rows, sha256 }): DataFile[] => {
    const entry = entries.get(name);
    if (entry === undefined) return [];
    const declared = { entity, rows, sha256 };
    return [{ name, format: formatOf(name), bytes: entry.bytes, declared, chunks: () => zip.read(entry) }];
  });
  const order = (file: DataFile) => ENTITIES.indexOf(file.declared?.entity ?? "settings");
  return { files: files.toSorted((a, b) => order(a) - order(b)), missing };
}

function othersFiles(zip: Zip, entries: ReadonlyMap<string, ZipEntry>) {
  const files = [...entries]
    .filter(([name]) => DATA.test(name) && name.length <= 300)
    .map(([name, entry]): DataFile => ({
      ...{ name, format: formatOf(name), bytes: entry.bytes, declared: null },
      chunks: () => zip.read(entry),
    }));
  if (files.length === 0) throw new AppError("import-unreadable", { reason: "There is no CSV or JSON Lines file in it." });
  if (files.length > 20) throw new AppError("import-unreadable", { reason: "There are more than 20 files in it." });
  return { files, missing: [] };
}

function formatOf(name: string): FileFormat {
  return /\.csv$/i.test(name) ? "csv" : "jsonl";
}
