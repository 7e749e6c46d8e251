import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lstat, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "../platform/errors.ts";
import { exists, isErrno, remove, syncFolder, writeAtomically } from "../platform/files.ts";
import type { ObjectStore, Source, Stored, TransferOptions } from "./object-store.ts";
import { verified } from "./verified.ts";

/** Lies in the folder from its set-up on. Without it the folder is most likely an empty one below which nothing is mounted. */
const MARK = "FilaOps-copies.txt";
const MARK_TEXT = `FilaOps keeps encrypted copies of its backups in this folder.
This file tells it that the right disk is mounted: without it, nothing is copied.
`;
const CHUNK = 1024 * 1024;
const NAME = /^(?!\.)[A-Za-z0-9.-]{1,100}$/;

/** Objects as files in a folder that is there already: a mounted disk or share. */
export function folderStore(folder: string): ObjectStore {
  const at = (name: string) => {
    if (!NAME.test(name)) throw new AppError("offsite-missing", { where: folder, what: name });
    return join(folder, name);
  };
  const guarded = <T>(work: () => Promise<T>) => inWords(folder, work);
  return {
    where: folder,
    claim: () =>
      guarded(async () => {
        if (!(await exists(folder))) throw refused(folder, "it is not there");
        await writeAtomically(join(folder, MARK), MARK_TEXT, 0o644);
      }),
    put: (name, source, options = {}) =>
      guarded(async () => {
        await requireMark(folder);
        await putFile({ path: at(name), partial: join(folder, `.${name}.part`), folder, name }, source, options);
      }),
    get: (name, { expected, onBytes, signal } = {}) =>
      guarded(async () => {
        await requireMark(folder);
        const handle = await openRegular(at(name));
        if (handle === null) throw new AppError("offsite-missing", { where: folder, what: name });
        const bytes = (await handle.stat()).size;
        const about = { where: folder, what: name, expected: expected ?? { bytes, sha256: null } };
        return Readable.from(verified(chunksOf(handle, folder, signal), about, onBytes), { objectMode: false });
      }),
    head: (name) =>
      guarded(async () => {
        await requireMark(folder);
        const handle = await openRegular(at(name));
        if (handle === null) return null;
        const bytes = (await handle.stat()).size;
        await handle.close();
        return { name, bytes, sha256: null };
      }),
    list: () => guarded(() => listFolder(folder)),
    delete: (name) =>
      guarded(async () => {
        await requireMark(folder);
        await remove(at(name));
        await remove(join(folder, `.${name}.part`));
        await syncFolder(folder);
      }),
    clockAheadSeconds: () => 0,
  };
}

/** Goes on behind what an earlier attempt wrote and that is still the same; the name comes when all is flushed and was read back. */
async function putFile(
  file: { path: string; partial: string; folder: string; name: string },
  source: Source,
  { signal, onBytes }: TransferOptions,
): Promise<void> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(file.partial, flags, 0o600);
  try {
    const start = await agreedBytes(handle, source);
    await handle.truncate(start);
    onBytes?.(start);
    for (let at = start; at < source.bytes; at += CHUNK) {
      signal?.throwIfAborted();
      const chunk = await source.read(at, Math.min(CHUNK, source.bytes - at));
      await writeAt(handle, chunk, at);
      onBytes?.(at + chunk.length);
    }
    await handle.sync();
    const about = { where: file.folder, what: file.name, expected: source };
    const reading = verified(readChunks(handle, signal), about);
    for (let next = await reading.next(); next.done !== true;) next = await reading.next();
    await rename(file.partial, file.path);
    await syncFolder(file.folder);
  } catch (error) {
    if (!PASSING.some((code) => isErrno(error, code))) await remove(file.partial).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/** How many bytes at the beginning of a partial file are those of the source, as far as whole chunks tell. */
async function agreedBytes(handle: FileHandle, source: Source): Promise<number> {
  const present = Math.min((await handle.stat()).size, source.bytes);
  let at = 0;
  for await (const chunk of readChunks(handle, undefined)) {
    if (at + chunk.length > present || !chunk.equals(await source.read(at, chunk.length))) break;
    at += chunk.length;
  }
  return at;
}

async function writeAt(handle: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    at += (await handle.write(chunk, at, chunk.length - at, position + at)).bytesWritten;
  }
}

async function* chunksOf(handle: FileHandle, folder: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(handle, signal);
  } catch (error) {
    throw explained(folder, error);
  } finally {
    await handle.close();
  }
}

async function* readChunks(handle: FileHandle, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for (let at = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function openRegular(path: string): Promise<FileHandle | null> {
  try {
    // A pipe would keep us waiting.
    if (!(await lstat(path)).isFile()) return null;
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

async function listFolder(folder: string): Promise<Stored[]> {
  await requireMark(folder);
  const found: Stored[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    if (!NAME.test(name) || name === MARK) continue;
    const seen = await lstat(join(folder, name));
    if (seen.isFile()) found.push({ name, bytes: seen.size, sha256: null });
  }
  return found;
}

async function requireMark(folder: string): Promise<void> {
  if (await exists(join(folder, MARK))) return;
  const reason = (await exists(folder))
    ? `the file ${MARK} is not in it, so the disk is probably not mounted`
    : "it is not there";
  throw refused(folder, reason);
}

async function inWords<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(folder, error);
  }
}

function explained(folder: string, error: unknown): unknown {
  if (isErrno(error, "ENOSPC") || isErrno(error, "EDQUOT")) {
    return new AppError("offsite-full", { where: folder, reason: "the disk is full" }, { cause: error });
  }
  const words = WORDS.find(([code]) => isErrno(error, code))?.[1];
  return words === undefined ? error : refused(folder, words, error);
}

/** What ends when the share is back; what was written until then is gone on with. */
const PASSING = ["EIO", "ESTALE", "ENOTCONN"];

const WORDS: [code: string, words: string][] = [
  ["EROFS", "it can only be read"],
  ["EACCES", "FilaOps may not write there"],
  ["EPERM", "FilaOps may not write there"],
  ["EIO", "the disk or the share answers with errors"],
  ["ESTALE", "the share is not connected any more"],
  ["ENOTCONN", "the share is not connected any more"],
  ["ENOTDIR", "it is not a folder"],
];

function refused(folder: string, reason: string, cause?: unknown): AppError {
  return new AppError("offsite-folder", { path: folder, reason }, { cause });
}
