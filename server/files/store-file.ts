import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { freeBytes, isErrno, syncFolder } from "../platform/files.ts";
import type { FileKind, StoredFile } from "./contract.ts";
import { MOST_BYTES } from "./contract.ts";
import { contentTypeOf, HEAD_BYTES, isImageType } from "./rules/content-type.ts";

/** What stays free on the disk whatever people upload: the database may lie on it, too. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** Before what is not whole yet; no sha256 begins like it. */
const ASIDE = "upload-";

export type Limits = { kind: FileKind; reserveBytes?: number };

/**
 * Keeps content in the folder of stored files, under its sha256; when the promise resolves, it is there also after a power cut. It is written aside,
 * hashed on the way, flushed, then renamed. What is there already stays, and counts as new for the collection. The content is no row's yet.
 * Throws `file-too-large`, `file-empty`, `image-unknown`, `files-full`, `files-away`; then nothing of it is left.
 */
export async function storeFile(
  folder: string,
  content: AsyncIterable<Uint8Array>,
  { kind, reserveBytes = RESERVE_BYTES }: Limits,
): Promise<StoredFile> {
  const aside = join(folder, `${ASIDE}${randomUUID()}`);
  try {
    const free = await freeBytes(folder);
    if (free < reserveBytes + MOST_BYTES[kind]) throw new AppError("files-full", {});
    const stored = await writeAside(aside, content, MOST_BYTES[kind]);
    if (kind === "image" && !isImageType(stored.contentType)) throw new AppError("image-unknown", {});
    const path = join(folder, stored.sha256);
    if (!(await keptAlready(path, stored))) await rename(aside, path);
    await syncFolder(folder);
    return stored;
  } catch (error) {
    throw inWords(error, folder);
  } finally {
    // A folder that cannot be written has said so already.
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

async function writeAside(aside: string, content: AsyncIterable<Uint8Array>, mostBytes: number): Promise<StoredFile> {
  const handle = await open(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o640);
  try {
    const hash = createHash("sha256");
    let head = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      if (bytes > mostBytes) throw new AppError("file-too-large", { mostBytes });
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    if (bytes === 0) throw new AppError("file-empty", {});
    await handle.sync();
    return { sha256: hash.digest("hex"), bytes, contentType: contentTypeOf(head) };
  } finally {
    await handle.close();
  }
}

/** Whether the same content lies there whole; then it is made young again. What a disk has damaged is replaced by who brings it once more. */
async function keptAlready(path: string, { sha256 }: StoredFile): Promise<boolean> {
  try {
    if ((await hashOf(path)) !== sha256) return false;
    const now = systemClock.now();
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
}

async function hashOf(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const hash = createHash("sha256");
  for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** What goes wrong with a folder, as a problem for people; everything else as it is. */
export function inWords(error: unknown, folder: string): unknown {
  if (["ENOSPC", "EDQUOT"].some((code) => isErrno(error, code))) return new AppError("files-full", {}, { cause: error });
  const reason = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS", "EIO"].find((code) => isErrno(error, code));
  return reason === undefined ? error : new AppError("files-away", { folder, reason }, { cause: error });
}
