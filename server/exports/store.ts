import { open, readdir, rename, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { isErrno, makeFolder, readJson, remove, writeAtomically } from "../platform/files.ts";
import type { ExportFile } from "./contract.ts";
import { exportFileSchema } from "./contract.ts";

/** Behind the name of one that is being taken away. */
const DISCARDED = ".discarded";

/** Where one export lies below the folder of all. `zip` is there only when it is whole. */
export function placesOf(folder: string, id: Ulid) {
  const own = join(folder, id);
  return { own, state: join(own, "state.json"), zip: join(own, "export.zip"), partial: join(own, "export.zip.partial") };
}

/** An export as it lies there; `file` is `null` when what it says of itself cannot be read. */
type Found = { id: Ulid; file: ExportFile | null };

/** All exports, newest first. There are none where there is no folder yet. */
export async function findExports(folder: string): Promise<Found[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return [];
    throw inWords(error, folder);
  });
  for (const name of names.filter((one) => one.endsWith(DISCARDED))) await remove(join(folder, name));
  const ids = names.filter((name) => ulidSchema.safeParse(name).success);
  return Promise.all(
    ids
      .sort()
      .reverse()
      .map(async (id) => ({ id, file: await readExport(folder, id) })),
  );
}

function readExport(folder: string, id: Ulid): Promise<ExportFile | null> {
  return readJson(placesOf(folder, id).state, exportFileSchema).catch(() => null);
}

/** Takes an export away at once; whoever still writes it does so no more. What a crash leaves of that goes when all are looked for. */
export async function discardExport(folder: string, id: Ulid): Promise<void> {
  const aside = `${placesOf(folder, id).own}${DISCARDED}`;
  try {
    await rename(placesOf(folder, id).own, aside);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw inWords(error, folder);
  }
  await remove(aside);
}

/** Makes the folder of a new one. */
export async function beginExport(folder: string, file: ExportFile): Promise<void> {
  try {
    await makeFolder(placesOf(folder, file.id).own, 0o700);
    await saveExport(folder, file);
  } catch (error) {
    await discardExport(folder, file.id).catch(() => undefined);
    throw inWords(error, folder);
  }
}

export async function saveExport(folder: string, file: ExportFile): Promise<void> {
  await writeAtomically(placesOf(folder, file.id).state, `${JSON.stringify(file, null, 2)}\n`, 0o600);
}

/** Where it is written. */
export function openPartial(folder: string, id: Ulid): Promise<FileHandle> {
  return open(placesOf(folder, id).partial, "wx", 0o600);
}

/** The whole file of a complete one, open; `null` when it is gone. The stream closes it. */
export async function openZip(folder: string, id: Ulid): Promise<{ bytes: number; stream: Readable } | null> {
  try {
    const handle = await open(placesOf(folder, id).zip);
    return { bytes: (await handle.stat()).size, stream: handle.createReadStream() };
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw inWords(error, folder);
  }
}

/** Whether a folder that does not say what it is, is no export that is just being begun. */
export async function isStray(folder: string, id: Ulid, now: Date): Promise<boolean> {
  const made = await stat(placesOf(folder, id).own).catch(() => null);
  return made !== null && now.getTime() - made.mtimeMs > 60_000;
}

/** Whether a thrown value is the disk's, and not that of a connection. */
export function isOfDisk(error: unknown, codes: readonly string[]): boolean {
  const isConnection = error instanceof Error && "syscall" in error && error.syscall === "connect";
  return !isConnection && codes.some((code) => isErrno(error, code));
}

/** What goes wrong with the folder, as a problem for people; everything else as it is. */
export function inWords(error: unknown, folder: string): unknown {
  if (isOfDisk(error, ["ENOSPC", "EDQUOT"])) {
    return new AppError("exports-full", { neededBytes: 1, freeBytes: 0 }, { cause: error });
  }
  const reason = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS", "EIO"].find((code) => isOfDisk(error, [code]));
  return reason === undefined ? error : new AppError("exports-away", { folder, reason }, { cause: error });
}
