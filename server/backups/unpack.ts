import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "../platform/errors.ts";
import { freeBytes, isErrno, remove, syncFolder } from "../platform/files.ts";
import type { SeenNames } from "./rules/set-names.ts";
import { judgeName } from "./rules/set-names.ts";
import type { TarEntry } from "../platform/tar.ts";
import { TarError, TarReader } from "../platform/tar.ts";

/** What an archive may come to at most; more is refused as soon as it is seen. */
export type UnpackLimits = {
  /** Of the archive as it comes. */
  totalBytes: number;
  /** Of a single file in it. */
  entryBytes: number;
  /** Files and folders in it. */
  entries: number;
};

export type UnpackOptions = {
  /** The folder that is made; nothing may be there. Its parent must be ours alone. */
  into: string;
  limits: UnpackLimits;
  /** The size that the sender said, if any: an archive of another size is refused. */
  declaredBytes?: number;
  signal?: AbortSignal;
  /** How many bytes of the archive have come. */
  onBytes?: (bytes: number) => void;
};

export type Unpacked = { bytes: number; files: number };

/** A manifest is read into memory by whoever looks at the set. */
const MOST_MANIFEST_BYTES = 64 * 1024 * 1024;

/**
 * Unpacks an archive of a backup set, wherever it comes from, into a new folder that only we can read; everything is flushed. No path in it is
 * trusted: what no set has, what comes twice, and everything but plain files and folders is refused. What is in the set is not looked at: its
 * checksums and its seal are `verifyBackup`'s to judge. Throws `archive-not-taken`, `backup-disk-full` or the signal's reason; the folder is
 * gone then, and the stream is destroyed: of a request that has still to be answered, hand on a PassThrough.
 */
export async function unpackSet(stream: Readable, options: UnpackOptions): Promise<Unpacked> {
  options.signal?.throwIfAborted();
  await mkdir(options.into, { mode: 0o700 }).catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  const stop = () => {
    stream.destroy(options.signal?.reason instanceof Error ? options.signal.reason : new Error("stopped"));
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    return await unpackAll(stream, options);
  } catch (error) {
    await remove(options.into);
    options.signal?.throwIfAborted();
    throw await explained(error, options.into);
  } finally {
    options.signal?.removeEventListener("abort", stop);
    stream.destroy();
  }
}

async function unpackAll(stream: Readable, options: UnpackOptions): Promise<Unpacked> {
  const { into, limits, declaredBytes, signal } = options;
  const counted = { bytes: 0 };
  const reader = new TarReader(counting(stream, counted, options));
  const seen: SeenNames = { top: null, taken: new Set() };
  let files = 0;
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    const judged = judgeName(entry, seen);
    if (judged.kind === "refused") throw new TarError(judged.reason);
    if (seen.taken.size > limits.entries) throw new TarError(`it holds more than ${limits.entries} files`);
    if (judged.kind === "folder") continue;
    checkSize(entry, judged.name, { limits, left: limits.totalBytes - reader.position });
    await writeEntry(into, judged.name, reader.content(entry.bytes));
    files += 1;
    signal?.throwIfAborted();
  }
  if (!seen.taken.has("manifest.json")) throw new TarError("it has no manifest.json");
  if (declaredBytes !== undefined && counted.bytes !== declaredBytes) throw new TarError(differs(declaredBytes, counted.bytes));
  await syncMade(into);
  return { bytes: counted.bytes, files };
}

function checkSize(entry: TarEntry, name: string, { limits, left }: { limits: UnpackLimits; left: number }): void {
  const most = name === "manifest.json" ? Math.min(MOST_MANIFEST_BYTES, limits.entryBytes) : limits.entryBytes;
  if (entry.bytes > most) throw new TarError(`${name} in it is larger than ${most} bytes`);
  // Said before a byte of it is written.
  if (entry.bytes > left) throw new TarError(`it is larger than ${limits.totalBytes} bytes`);
}

async function* counting(stream: Readable, counted: { bytes: number }, options: UnpackOptions): AsyncGenerator<Uint8Array> {
  const { limits, declaredBytes, onBytes } = options;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    counted.bytes += chunk.length;
    if (counted.bytes > limits.totalBytes) throw new TarError(`it is larger than ${limits.totalBytes} bytes`);
    if (declaredBytes !== undefined && counted.bytes > declaredBytes) throw new TarError(differs(declaredBytes, counted.bytes));
    onBytes?.(counted.bytes);
    yield chunk;
  }
}

function differs(declared: number, real: number): string {
  return `it was said to have ${declared} bytes and has ${real > declared ? "more" : "fewer"}`;
}

/** `name` was judged: its folder is one of the two that a set has. */
async function writeEntry(into: string, name: string, content: AsyncIterable<Buffer>): Promise<void> {
  const path = join(into, name);
  if (name.includes("/")) await makeOnce(dirname(path));
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    for await (const chunk of content) await writeAll(handle, chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
}

async function makeOnce(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!isErrno(error, "EEXIST")) throw error;
  });
}

async function syncMade(into: string): Promise<void> {
  for (const folder of ["database", "files"]) {
    await syncFolder(join(into, folder)).catch((error: unknown) => {
      if (!isErrno(error, "ENOENT")) throw error;
    });
  }
  await syncFolder(into);
  await syncFolder(dirname(into));
}

async function explained(error: unknown, into: string): Promise<unknown> {
  if (error instanceof TarError) return new AppError("archive-not-taken", { reason: error.message }, { cause: error });
  if (isErrno(error, "ECONNRESET") || isErrno(error, "ERR_STREAM_PREMATURE_CLOSE")) {
    return new AppError("archive-not-taken", { reason: "it broke off on its way" }, { cause: error });
  }
  if (!isErrno(error, "ENOSPC") && !isErrno(error, "EDQUOT")) return error;
  const path = dirname(into);
  return new AppError("backup-disk-full", { path, freeBytes: await freeBytes(path).catch(() => 0) }, { cause: error });
}
