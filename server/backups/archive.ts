import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lstat, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "../platform/errors.ts";
import { listFiles } from "./checksums.ts";
import { isSetName } from "./rules/set-names.ts";
import { paddingOf, tarEnd, tarHeader, tarredBytes } from "../platform/tar.ts";

const CHUNK = 256 * 1024;

/**
 * A backup set's folder as one stream of plain tar, below one folder of the same name: the manifest first, then all files in order of their
 * names. Two archives of the same set are the same byte for byte. The stream fails with `backup-damaged` when the folder holds what no set
 * does, or when a file in it changes meanwhile; destroying it closes everything.
 */
export function packSet(folder: string): Readable {
  return Readable.from(packed(folder), { objectMode: false, highWaterMark: CHUNK });
}

/** The exact size that `packSet` comes to, for a progress bar or a `content-length`. Throws `backup-damaged`. */
export async function packedBytes(folder: string): Promise<number> {
  let bytes = tarEnd.length;
  for (const path of await namesOf(folder)) bytes += tarredBytes((await lstat(join(folder, path))).size);
  return bytes;
}

async function* packed(folder: string): AsyncGenerator<Buffer> {
  // One time for all entries, the set's own, so that the archive does not depend on when the files were copied here.
  const seconds = (await lstat(join(folder, "manifest.json")).catch(() => ({ mtimeMs: 0 }))).mtimeMs / 1000;
  for (const path of await namesOf(folder)) {
    const handle = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      yield tarHeader({ path: `${basename(folder)}/${path}`, bytes: size, seconds });
      yield* contentOf(handle, size, () => damaged(folder, `${path} changed while it was read`));
      yield paddingOf(size);
    } finally {
      await handle.close();
    }
  }
  yield tarEnd;
}

async function* contentOf(handle: FileHandle, bytes: number, changed: () => Error): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(CHUNK, bytes - at)), 0, null, at);
    if (bytesRead === 0) throw changed();
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  if ((await handle.stat()).size !== bytes) throw changed();
}

async function namesOf(folder: string): Promise<string[]> {
  const names = await listFiles(folder).catch((error: unknown) => {
    throw damaged(folder, error instanceof Error ? error.message : String(error));
  });
  const odd = names.find((name) => !isSetName(name));
  if (odd !== undefined) throw damaged(folder, `${odd} does not belong to it`);
  if (!names.includes("manifest.json")) throw damaged(folder, "it has no manifest");
  return ["manifest.json", ...names.filter((name) => name !== "manifest.json")];
}

function damaged(folder: string, reason: string): AppError {
  return new AppError("backup-damaged", { id: basename(folder), reason });
}
