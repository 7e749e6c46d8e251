import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import { FieldError } from "../platform/field-error.ts";
import type { FileKind, StoredFile } from "./contract.ts";
import { MOST_BYTES } from "./contract.ts";
import { claimFile } from "./open-file.ts";
import { isImageType } from "./rules/content-type.ts";
import { inWords } from "./store-file.ts";

/** What a save that names files works with: its transaction, and the folder of stored files, if this app was given one. */
export type FileDeps = { db: Db; files: string | undefined };

/** Any number; it stands for "which files are referred to". */
export const FILES_LOCK = 7_312_008;

/** For a transaction that names or forgets files: one after the other, so that a row goes exactly when nothing refers to it any more. */
export async function lockFiles(db: Db): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(${FILES_LOCK})`;
}

export type Naming = { sha256: string; kind: FileKind; /** Of the input, for what is wrong with it. */ field: string };

/**
 * Makes the row by which the database refers to a file, if there is none; call `lockFiles` before. The file has to lie there already, so no row
 * ever names what is not. Throws `reference-missing` when it does not, `image-unknown` and `file-too-large` for what this kind may not be.
 */
export async function nameFile({ db, files }: FileDeps, { sha256, kind, field }: Naming): Promise<void> {
  const file = await claimed(files, sha256);
  if (file === null) throw new FieldError(field, { code: "reference-missing", details: { what: "file" } });
  if (kind === "image" && !isImageType(file.contentType)) throw new FieldError(field, { code: "image-unknown", details: {} });
  const mostBytes = MOST_BYTES[kind];
  if (file.bytes > mostBytes) throw new FieldError(field, { code: "file-too-large", details: { mostBytes } });
  await db.storedFile.createMany({ data: [file], skipDuplicates: true });
}

async function claimed(files: string | undefined, sha256: string): Promise<StoredFile | null> {
  const folder = neededFolder(files);
  try {
    return await claimFile(folder, sha256);
  } catch (error) {
    throw inWords(error, folder);
  }
}

/** Takes the row away when nothing refers to it any more; call `lockFiles` before. The content stays until it is collected. */
export async function forgetFile(db: Db, sha256: string): Promise<void> {
  await db.storedFile.deleteMany({ where: { sha256, items: { none: {} }, attachments: { none: {} } } });
}

export function findStoredFile(db: Db, sha256: string): Promise<StoredFile | null> {
  return db.storedFile.findUnique({ where: { sha256 }, select: { sha256: true, bytes: true, contentType: true } });
}

/** Throws `files-away` where the app was given no folder. */
export function neededFolder(files: string | undefined): string {
  if (files === undefined) throw new AppError("files-away", { folder: "FILAOPS_FILES", reason: "not set" });
  return files;
}
