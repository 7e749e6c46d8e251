/**
 * The records of a zip (PKWARE's APPNOTE), as far as we write them: deflated entries, ASCII names, Zip64 where a number needs it. Every local header has room for
 * Zip64's numbers, which are known only when the entry is written; where they are not needed, the room is padding of a kind that readers pass over.
 */
export type ZipEntry = {
  name: string;
  /** Where its local header begins. */
  offset: number;
  crc32: number;
  bytes: number;
  packedBytes: number;
};

export type ZipTerms = {
  /** Of all entries, in UTC; a zip keeps even seconds from 1980 on. */
  at: Date;
  /** Numbers from here on are written as Zip64 wants them; a smaller one is for tests. */
  zip64From?: number;
};

const MOST_32 = 0xffffffff;
const DEFLATED = 8;
const VERSION_ZIP64 = 45;
/** Made by a Unix, for the permissions. */
const MADE_BY = (3 << 8) | VERSION_ZIP64;
const REGULAR_FILE = (0o100644 << 16) >>> 0;
const EXTRA_BYTES = 20;
const ZIP64_EXTRA = 0x0001;
/** "Growth hint": room that may be filled later. */
const PADDING_EXTRA = 0xa220;
const PADDING_MARK = 0xa028;

const isLarge = (value: number, { zip64From = MOST_32 }: ZipTerms) => value >= zip64From;

/** How long the local header of an entry is, whatever comes to stand in it. */
export function localHeaderBytes(name: string): number {
  return 30 + name.length + EXTRA_BYTES;
}

export function localHeader(entry: ZipEntry, terms: ZipTerms): Buffer {
  const large = isLarge(entry.bytes, terms) || isLarge(entry.packedBytes, terms);
  const header = Buffer.alloc(localHeaderBytes(entry.name));
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(large ? VERSION_ZIP64 : 20, 4);
  writeFacts(header, 6, { entry, terms, large });
  header.writeUInt16LE(EXTRA_BYTES, 28);
  header.write(entry.name, 30, "latin1");
  const extra = 30 + entry.name.length;
  header.writeUInt16LE(large ? ZIP64_EXTRA : PADDING_EXTRA, extra);
  header.writeUInt16LE(EXTRA_BYTES - 4, extra + 2);
  if (large) {
    header.writeBigUInt64LE(BigInt(entry.bytes), extra + 4);
    header.writeBigUInt64LE(BigInt(entry.packedBytes), extra + 12);
  } else {
    header.writeUInt16LE(PADDING_MARK, extra + 4);
  }
  return header;
}

function centralHeader(entry: ZipEntry, terms: ZipTerms): Buffer {
  const large = isLarge(entry.bytes, terms) || isLarge(entry.packedBytes, terms) || isLarge(entry.offset, terms);
  const header = Buffer.alloc(46 + entry.name.length + (large ? 28 : 0));
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(large ? VERSION_ZIP64 : 20, 6);
  writeFacts(header, 8, { entry, terms, large });
  header.writeUInt16LE(large ? 28 : 0, 30);
  header.writeUInt32LE(REGULAR_FILE, 38);
  header.writeUInt32LE(large ? MOST_32 : entry.offset, 42);
  header.write(entry.name, 46, "latin1");
  if (large) {
    const extra = 46 + entry.name.length;
    header.writeUInt16LE(ZIP64_EXTRA, extra);
    header.writeUInt16LE(24, extra + 2);
    [entry.bytes, entry.packedBytes, entry.offset].forEach((value, place) =>
      header.writeBigUInt64LE(BigInt(value), extra + 4 + place * 8),
    );
  }
  return header;
}

/** What stands in both headers, in the same order: flags, method, time, checksum, sizes, the name's length. */
function writeFacts(
  header: Buffer,
  from: number,
  { entry, terms, large }: { entry: ZipEntry; terms: ZipTerms; large: boolean },
): void {
  header.writeUInt16LE(DEFLATED, from + 2);
  const { time, date } = dosTime(terms.at);
  header.writeUInt16LE(time, from + 4);
  header.writeUInt16LE(date, from + 6);
  header.writeUInt32LE(entry.crc32, from + 8);
  header.writeUInt32LE(large ? MOST_32 : entry.packedBytes, from + 12);
  header.writeUInt32LE(large ? MOST_32 : entry.bytes, from + 16);
  header.writeUInt16LE(entry.name.length, from + 20);
}

function dosTime(at: Date): { time: number; date: number } {
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}

/** What stands at the end: the directory of all entries, which begins at `offset`, and where it is found. */
export function* centralDirectory(entries: readonly ZipEntry[], offset: number, terms: ZipTerms): Generator<Buffer> {
  let bytes = 0;
  for (const entry of entries) {
    const header = centralHeader(entry, terms);
    bytes += header.length;
    yield header;
  }
  const large = entries.length >= Math.min(0xffff, terms.zip64From ?? 0xffff) || isLarge(bytes, terms) || isLarge(offset, terms);
  if (large) yield zip64End({ entries: entries.length, bytes, offset });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(large ? 0xffff : entries.length, 8);
  end.writeUInt16LE(large ? 0xffff : entries.length, 10);
  end.writeUInt32LE(large ? MOST_32 : bytes, 12);
  end.writeUInt32LE(large ? MOST_32 : offset, 16);
  yield end;
}

function zip64End({ entries, bytes, offset }: { entries: number; bytes: number; offset: number }): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(MADE_BY, 12);
  end.writeUInt16LE(VERSION_ZIP64, 14);
  [entries, entries, bytes, offset].forEach((value, place) => end.writeBigUInt64LE(BigInt(value), 24 + place * 8));
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
