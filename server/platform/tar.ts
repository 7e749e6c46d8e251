/**
 * Plain tar (POSIX ustar), as little of it as backups and bundles of releases need: files and folders with short names, no extensions. What other archives may
 * hold beside that (links, devices, sparse files, headers that rename or resize the next entry) is no part of this reader, so that nothing
 * of it can be made to act.
 */

export const BLOCK = 512;
/** Programs fill up an archive with zeros to a multiple of their own blocks; more than this is something else. */
export const MOST_PADDING = 1024 * 1024;
const LARGEST_OCTAL = 8 ** 11 - 1;

/** What is wrong with an archive, as the rest of a sentence. */
export class TarError extends Error {
  override readonly name = "TarError";
}

export type TarEntry = { path: string; isFolder: boolean; bytes: number };

/** The 512 bytes before a file's content. `seconds` is when it was changed, since 1970. Throws when the name does not fit. */
export function tarHeader({ path, bytes, seconds }: { path: string; bytes: number; seconds: number }): Buffer {
  if (Buffer.byteLength(path) > 100) throw new TarError(`the name ${path} is longer than 100 bytes`);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0, 100);
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  writeSize(header, bytes);
  header.write(`${Math.max(0, Math.floor(seconds)).toString(8).padStart(11, "0")}\0`, 136);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(`${sumOf(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** From 8 GiB on a size is written in base 256, which all programs of today read. */
function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= LARGEST_OCTAL) {
    header.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
    return;
  }
  header.writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(bytes), 128);
}

/** Zeros that fill up a file's content to whole blocks. */
export function paddingOf(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK);
}

/** The two blocks of zeros at the end of an archive. */
export const tarEnd = Buffer.alloc(2 * BLOCK);

/** The bytes that a file of this size takes in an archive. */
export function tarredBytes(bytes: number): number {
  return BLOCK + bytes + paddingOf(bytes).length;
}

/** Reads an archive entry by entry; the content of one is to be read before the next is asked for. Throws `TarError`. */
export class TarReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  /** How many bytes of the archive were read so far. */
  position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next entry, or `null` at the end; the stream has then been read to its end too, and held nothing but zeros there. */
  async next(): Promise<TarEntry | null> {
    const header = await this.#exactly(BLOCK);
    if (header === null) throw new TarError("it ends too early");
    if (!isZero(header)) return parseHeader(header);
    await this.#finish();
    return null;
  }

  /** The content of the entry that `next` gave last. */
  async *content(bytes: number): AsyncGenerator<Buffer> {
    let left = bytes;
    while (left > 0) {
      const chunk = await this.#some(left);
      if (chunk === null) throw new TarError("it ends in the middle of a file");
      left -= chunk.length;
      yield chunk;
    }
    const padding = paddingOf(bytes).length;
    if (padding > 0 && (await this.#exactly(padding)) === null) throw new TarError("it ends in the middle of a file");
  }

  async #finish(): Promise<void> {
    const second = await this.#exactly(BLOCK);
    if (second === null || !isZero(second)) throw new TarError("its end is not as it should be");
    let read = 0;
    for (let chunk = await this.#some(BLOCK * 128); chunk !== null; chunk = await this.#some(BLOCK * 128)) {
      read += chunk.length;
      if (read > MOST_PADDING || !isZero(chunk)) throw new TarError("something comes after its end");
    }
  }

  async #exactly(bytes: number): Promise<Buffer | null> {
    const chunks: Buffer[] = [];
    for (let left = bytes; left > 0;) {
      const chunk = await this.#some(left);
      if (chunk === null) return null;
      chunks.push(chunk);
      left -= chunk.length;
    }
    return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  }

  /** What has come already, else what comes next, at most `most` bytes; `null` at the end. */
  async #some(most: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return null;
      const { value } = next;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const chunk = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(chunk.length);
    this.position += chunk.length;
    return chunk;
  }
}

const KINDS: Record<string, string> = {
  "1": "a hard link",
  "2": "a link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
  S: "a sparse file",
  x: "an extended header",
  g: "an extended header",
  L: "a long name",
  K: "a long name",
};

/** What the 512 bytes before a content say. Throws `TarError` for everything but plain files and folders. */
export function parseHeader(header: Buffer): TarEntry {
  refuseExtensions(header);
  const bytes = sizeOf(header.subarray(124, 136));
  const name = text(header.subarray(0, 100));
  if (bytes === null || name === null) throw new TarError("a header in it cannot be read");
  const isFolder = header.toString("latin1", 156, 157) === "5" || name.endsWith("/");
  if (isFolder && bytes !== 0) throw new TarError("a folder in it has a content");
  return { path: isFolder ? name.replace(/\/$/, "") : name, isFolder, bytes };
}

const MAGICS = ["ustar\x0000", "ustar  \0", "\0\0\0\0\0\0\0\0"];

function refuseExtensions(header: Buffer): void {
  if (octal(header.subarray(148, 156)) !== sumOf(header)) throw new TarError("it is not a tar archive, or it is damaged");
  const type = header.toString("latin1", 156, 157);
  if (!["0", "\0", "5"].includes(type)) throw new TarError(`it holds ${KINDS[type] ?? "an entry of unknown kind"}`);
  if (!MAGICS.includes(header.toString("latin1", 257, 265))) throw new TarError("it is of an unknown kind of tar");
  // In the one format the beginning of a long name, in another the parts of a sparse file, in all of them nothing that we take.
  const saysMore = !isZero(header.subarray(157, 257)) || !isZero(header.subarray(345, 500));
  if (saysMore) throw new TarError("a header in it says too much");
}

/** Up to the first NUL, behind which there may be nothing: programs do not agree on what such a name is. */
function text(field: Buffer): string | null {
  const end = field.indexOf(0);
  if (end === -1) return field.toString("latin1");
  return isZero(field.subarray(end)) ? field.toString("latin1", 0, end) : null;
}

function octal(field: Buffer): number | null {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(field.toString("latin1"))?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 8);
}

function sizeOf(field: Buffer): number | null {
  if (field[0] !== 0x80) return octal(field);
  const value = field.subarray(1, 4).every((byte) => byte === 0) ? field.readBigUInt64BE(4) : null;
  return value === null || value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

export function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
