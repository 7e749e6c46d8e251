import { createHash } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { BLOCK, isZero, MOST_PADDING, paddingOf, parseHeader, TarError } from "./tar.ts";

/** Plain tar in a file, read in place: where each content begins is known, so nothing is unpacked to get at one of them. */

/** A stretch of an open file, in bytes. */
export type Part = { file: FileHandle; start: number; bytes: number };
/** A plain file in an archive. */
export type Member = Part & { path: string };

const CHUNK = 1024 * 1024;

/** Opens a file to be read in place, lets `use` read it, and closes it. It is not opened through a link; what is no plain file is refused with `TarError`. */
export async function withFile<T>(path: string, use: (whole: Part) => Promise<T>): Promise<T> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new TarError("it is no plain file");
    return await use({ file, start: 0, bytes: stats.size });
  } finally {
    await file.close();
  }
}

/**
 * The plain files of the archive that a part of a file is, in order; folders are passed over. Reads the headers only. Throws `TarError` for whatever
 * `parseHeader` refuses, a name that comes twice, more entries than `most`, an archive that ends too early, and anything behind its end.
 */
export async function membersOf(part: Part, most: number): Promise<Member[]> {
  const members = new Map<string, Member>();
  let entries = 0;
  let at = 0;
  for (;;) {
    const header = await bytesAt(part, at, BLOCK);
    if (isZero(header)) break;
    const { path, isFolder, bytes } = parseHeader(header);
    entries += 1;
    if (entries > most) throw new TarError(`it holds more than ${most} files`);
    const next = at + BLOCK + bytes + paddingOf(bytes).length;
    if (next > part.bytes) throw new TarError("it ends in the middle of a file");
    if (members.has(path)) throw new TarError(`it holds ${printable(path)} twice`);
    if (!isFolder) members.set(path, { file: part.file, path, start: part.start + at + BLOCK, bytes });
    at = next;
  }
  if (!isZero(await bytesAt(part, at, 2 * BLOCK))) throw new TarError("its end is not as it should be");
  const rest = part.bytes - at;
  const isPadding = rest <= MOST_PADDING && isZero(await bytesAt(part, at, rest));
  if (!isPadding) throw new TarError("something comes after its end");
  return [...members.values()];
}

/** The content of a part, piece by piece; where the file was read before plays no role. Throws `TarError` when it has become shorter. */
export async function* contentOf({ file, start, bytes }: Part, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    signal?.throwIfAborted();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(CHUNK, bytes - at)), { position: start + at });
    if (bytesRead === 0) throw new TarError("it has become shorter while it was read");
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A small content as a whole. Throws `TarError` when it is larger than `most` bytes. */
export async function smallContent(member: Member, most: number): Promise<Buffer> {
  if (member.bytes > most) throw new TarError(`${printable(member.path)} in it is larger than ${most} bytes`);
  return bytesAt(member, 0, member.bytes);
}

/** The SHA-256 of a part, in hex. */
export async function sha256Of(part: Part, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of contentOf(part, signal)) hash.update(chunk);
  return hash.digest("hex");
}

/** A name as it may be shown anywhere: somebody gave it, and it may be long or steer a terminal. */
export function printable(name: string): string {
  return name.replace(/[^ -~]/g, "?").slice(0, 100);
}

async function bytesAt(part: Part, at: number, bytes: number): Promise<Buffer> {
  if (at + bytes > part.bytes) throw new TarError("it ends too early");
  const chunks = await Array.fromAsync(contentOf({ ...part, start: part.start + at, bytes }));
  return Buffer.concat(chunks);
}
