import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createInflateRaw, crc32 } from "node:zlib";
import type { ZipEntry } from "./rules/zip-directory.ts";
import {
  contentOffset,
  directoryOf64,
  END64_BYTES,
  findDirectory,
  LOCAL_BYTES,
  readDirectory,
  TAIL_BYTES,
  ZipError,
} from "./rules/zip-directory.ts";

export type ZipLimits = { entries: number; unpackedBytes: number; ratio: number; ratioFreeBytes: number };

/** A zip that is read entry by entry; nothing of it is written anywhere, so no path in it means anything. */
export type Zip = {
  entries: ReadonlyMap<string, ZipEntry>;
  /** The content, unpacked as it is taken. Throws `ZipError` at the end of what is damaged, and as soon as it is more than it says. */
  read: (entry: ZipEntry) => AsyncIterable<Uint8Array>;
  close: () => Promise<void>;
};

const MOST_DIRECTORY_BYTES = 64 * 1024 * 1024;

/** Opens a zip and looks at its directory. Throws `ZipError` for what is none, is damaged, or would be too much. */
export async function openZip(path: string, limits: ZipLimits): Promise<Zip> {
  const file = await open(path, "r");
  try {
    const entries = await entriesOf(file, limits);
    return {
      entries,
      read: (entry) => content(file, entry, limits),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function entriesOf(file: FileHandle, limits: ZipLimits): Promise<Map<string, ZipEntry>> {
  const { size } = await file.stat();
  const tail = await bytesAt(file, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  const found = findDirectory(tail);
  const directory = "directory" in found ? found.directory : directoryOf64(await bytesAt(file, found.end64At, END64_BYTES));
  const { entries, bytes, offset } = directory;
  if (entries > limits.entries) throw new ZipError(`There are ${entries} files in it; at most ${limits.entries} are read.`);
  if (bytes > MOST_DIRECTORY_BYTES || offset + bytes > size) throw new ZipError("Its directory is damaged.");
  const all = readDirectory(await bytesAt(file, offset, bytes), directory);
  const unpacked = all.reduce((sum, entry) => sum + entry.bytes, 0);
  if (unpacked > limits.unpackedBytes) throw new ZipError("Unpacked it would be larger than FilaOps takes.");
  const named = new Map(all.map((entry) => [entry.name, entry]));
  if (named.size < all.length) throw new ZipError("Two files in it have the same name.");
  return named;
}

async function* content(file: FileHandle, entry: ZipEntry, limits: ZipLimits): AsyncGenerator<Uint8Array> {
  refuseRatio(entry, entry.bytes, limits);
  const start = contentOffset(entry, await bytesAt(file, entry.offset, LOCAL_BYTES));
  let bytes = 0;
  let sum = 0;
  for await (const chunk of unpacked(file, entry, start)) {
    bytes += chunk.byteLength;
    if (bytes > entry.bytes) throw new ZipError(`“${entry.name}” in it holds more than it says.`);
    refuseRatio(entry, bytes, limits);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (bytes !== entry.bytes || sum !== entry.crc32) throw new ZipError(`“${entry.name}” in it is damaged.`);
}

function refuseRatio({ name, packedBytes }: ZipEntry, bytes: number, { ratio, ratioFreeBytes }: ZipLimits): void {
  if (bytes > ratioFreeBytes && bytes > packedBytes * ratio) {
    throw new ZipError(`“${name}” in it would unpack to more than ${ratio} times its size.`);
  }
}

async function* unpacked(file: FileHandle, entry: ZipEntry, start: number): AsyncGenerator<Uint8Array> {
  if (entry.method === 0) {
    yield* range(file, start, entry.packedBytes);
    return;
  }
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const fed = pipeline(range(file, start, entry.packedBytes), inflate).catch(() => undefined);
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("Z_")) {
      throw new ZipError(`“${entry.name}” in it is damaged.`, { cause: error });
    }
    throw error;
  } finally {
    inflate.destroy();
    await fed;
  }
}

const CHUNK_BYTES = 256 * 1024;

/** A stream of the handle's own would close it in the end. */
async function* range(file: FileHandle, start: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < bytes;) {
    const chunk = await bytesAt(file, start + done, Math.min(CHUNK_BYTES, bytes - done));
    yield chunk;
    done += chunk.length;
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new ZipError("It was cut off.");
  return buffer;
}
