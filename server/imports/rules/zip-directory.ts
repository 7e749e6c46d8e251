/**
 * The directory at the end of a zip (PKWARE's APPNOTE 6.3), with its 64-bit form. Only what our exports and people's own tools make: stored or deflated, not
 * encrypted, in one piece. What an entry's own header claims besides is not believed.
 */

export type ZipEntry = {
  name: string;
  /** 0: stored, 8: deflated. */
  method: number;
  crc32: number;
  packedBytes: number;
  bytes: number;
  /** Of its own header, from the file's beginning. */
  offset: number;
};

/** A zip that we do not read; the message says why. */
export class ZipError extends Error {
  override readonly name = "ZipError";
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
/** How much of the end of a file can hold the last record, with its comment and the locator of the 64-bit one before it. */
export const TAIL_BYTES = 0xffff + END_BYTES + LOCATOR_BYTES;
export const LOCAL_BYTES = 30;
export const END64_BYTES = 56;

export type Directory = { offset: number; bytes: number; entries: number };

/** Where the directory lies, by the file's tail; or where the 64-bit record lies that says it. */
export function findDirectory(tail: Buffer): { directory: Directory } | { end64At: number } {
  let at = tail.length - END_BYTES;
  while (at >= 0 && !(tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)) at -= 1;
  if (at < 0) throw new ZipError("It has no directory at its end: it is no zip file, or it was cut off.");
  const disks = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  const entries = tail.readUInt16LE(at + 10);
  const bytes = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (entries === 0xffff || bytes === 0xffffffff || offset === 0xffffffff) {
    const locator = at - LOCATOR_BYTES;
    if (locator < 0 || tail.readUInt32LE(locator) !== LOCATOR64) throw new ZipError("Its directory is incomplete.");
    return { end64At: wide(tail, locator + 8) };
  }
  if (disks.some((disk) => disk !== 0)) throw new ZipError("It is one part of several.");
  return { directory: { offset, bytes, entries } };
}

/** The same by the 64-bit record. */
export function directoryOf64(record: Buffer): Directory {
  if (record.length < END64_BYTES || record.readUInt32LE(0) !== END64) throw new ZipError("Its directory is incomplete.");
  return { entries: wide(record, 32), bytes: wide(record, 40), offset: wide(record, 48) };
}

/** All entries that are files. Throws for what we do not read, and for entries that share bytes, as those of a bomb do. */
export function readDirectory(buffer: Buffer, directory: Directory): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < directory.entries; index += 1) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== CENTRAL) throw new ZipError("Its directory is damaged.");
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => buffer.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > buffer.length) throw new ZipError("Its directory is damaged.");
    const entry = entryAt(buffer, at, { nameBytes, extraBytes });
    if (!entry.name.endsWith("/")) entries.push(entry);
    at = next;
  }
  refuseOverlaps(entries, directory.offset);
  return entries;
}

function entryAt(buffer: Buffer, at: number, { nameBytes, extraBytes }: { nameBytes: number; extraBytes: number }): ZipEntry {
  const name = buffer.toString("utf8", at + 46, at + 46 + nameBytes);
  const flags = buffer.readUInt16LE(at + 8);
  const method = buffer.readUInt16LE(at + 10);
  if ((flags & 1) !== 0) throw new ZipError(`“${name}” in it is encrypted.`);
  if (method !== 0 && method !== 8) throw new ZipError(`“${name}” in it is packed in a way that FilaOps does not read.`);
  const sizes = {
    bytes: buffer.readUInt32LE(at + 24),
    packedBytes: buffer.readUInt32LE(at + 20),
    offset: buffer.readUInt32LE(at + 42),
  };
  const extra = buffer.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
  const entry = { name, method, crc32: buffer.readUInt32LE(at + 16), ...wideSizes(sizes, extra) };
  if (method === 0 && entry.bytes !== entry.packedBytes) throw new ZipError("Its directory is damaged.");
  return entry;
}

type Sizes = Pick<ZipEntry, "bytes" | "packedBytes" | "offset">;

/** Sizes that do not fit 32 bits stand in an extra field, in this order, only those that do not fit. */
function wideSizes(sizes: Sizes, extra: Buffer): Sizes {
  const names = (["bytes", "packedBytes", "offset"] as const).filter((name) => sizes[name] === 0xffffffff);
  if (names.length === 0) return sizes;
  const field = extraField(extra, 1);
  if (field === null || field.length < names.length * 8) throw new ZipError("Its directory is damaged.");
  return { ...sizes, ...Object.fromEntries(names.map((name, index) => [name, wide(field, index * 8)])) };
}

function extraField(extra: Buffer, id: number): Buffer | null {
  let at = 0;
  while (at + 4 <= extra.length) {
    const bytes = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + bytes);
    at += 4 + bytes;
  }
  return null;
}

/** Each entry's bytes lie before the next one's, and all before the directory: what is there once is unpacked once. */
function refuseOverlaps(entries: readonly ZipEntry[], end: number): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  for (const [index, { name, offset, packedBytes }] of sorted.entries()) {
    const next = sorted[index + 1]?.offset ?? end;
    if (offset + LOCAL_BYTES + packedBytes > next) throw new ZipError(`“${name}” in it shares bytes with something else.`);
  }
}

/** Where an entry's content begins, by its own header. */
export function contentOffset(entry: ZipEntry, header: Buffer): number {
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) throw new ZipError(`“${entry.name}” in it is damaged.`);
  return entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

function wide(buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipError("Its directory is damaged.");
  return Number(value);
}
