import { createReadStream } from "node:fs";
import { dirname } from "node:path";
import type { ReadEntry } from "tar";
import { Parser, extract } from "tar";
import { AppError } from "../platform/errors.ts";
import { freeBytes, isErrno, makeFolder, remove } from "../platform/files.ts";
import type { Seen } from "./rules/archive-entry.ts";
import { refusalOf } from "./rules/archive-entry.ts";

export type Unpacking = { archive: string; folder: string; top: string; version: string };

/**
 * Unpacks a release's archive into a new folder, without its top folder. The archive is read to its end and judged before a byte is written, so
 * that a bad one leaves nothing. Throws `archive-refused` or `disk-full`; the folder is gone then. Not flushed to the disk.
 */
export async function unpack({ archive, folder, top, version }: Unpacking): Promise<void> {
  const bytes = await judge({ archive, folder, top, version });
  await remove(folder);
  await makeFolder(folder);
  try {
    await extract({ file: archive, cwd: folder, strip: 1, strict: true, preserveOwner: false, noMtime: true });
  } catch (error) {
    await remove(folder);
    if (isErrno(error, "ENOSPC") || isErrno(error, "EDQUOT")) {
      const path = dirname(folder);
      throw new AppError("disk-full", { path, neededBytes: bytes, freeBytes: await freeBytes(path) }, { cause: error });
    }
    throw new AppError("archive-refused", { version, reason: messageOf(error) }, { cause: error });
  }
}

/** Reads the whole archive and throws at the first thing in it that may not be there; returns the bytes that it unpacks to. */
async function judge({ archive, top, version }: Unpacking): Promise<number> {
  const seen: Seen = { paths: new Set(), links: new Set(), bytes: 0 };
  const parser = new Parser({ strict: true });
  const look = (entry: ReadEntry) => {
    const reason = refusalOf(described(entry), top, seen);
    if (reason === null) entry.resume();
    else parser.abort(new Error(reason));
  };
  const ended = new Promise<void>((resolve, reject) => {
    // What the parser would skip as unknown to it is refused too.
    parser.on("entry", look).on("ignoredEntry", look).on("end", resolve).on("error", reject);
  });
  const source = createReadStream(archive);
  source.on("error", (error) => {
    parser.abort(error);
  });
  source.pipe(parser);
  try {
    await ended;
  } catch (error) {
    throw new AppError("archive-refused", { version, reason: messageOf(error) }, { cause: error });
  } finally {
    source.destroy();
  }
  if (seen.paths.size === 0) throw new AppError("archive-refused", { version, reason: "it is empty" });
  return seen.bytes;
}

function described(entry: ReadEntry) {
  const { path, type, size, mode, linkpath } = entry;
  return { path, type, size, mode: mode ?? 0, linkpath: linkpath ?? "" };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
