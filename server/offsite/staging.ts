import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rename } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { z } from "zod";
import { packSet, packedBytes } from "../backups/archive.ts";
import { sumFile } from "../backups/checksums.ts";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { exists, freeBytes, isErrno, makeFolder, readJson, remove, syncFolder, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { encrypted, mostEncryptedBytes } from "./age.ts";
import type { CopyLabel } from "./contract.ts";
import { copyLabelSchema, recipientSchema } from "./contract.ts";

export type StagingPaths = Pick<HomePaths, "backup" | "offsite" | "offsiteStaged" | "offsiteLabel">;

/** What is known of a set that is to be copied: its manifest's. */
export type CopiedSet = Pick<CopyLabel, "id" | "kind" | "createdAt" | "version">;

/** Beside a staged file, written when that is whole: an encryption is never the same twice, so that an upload goes on with this very file. */
const stagedSchema = copyLabelSchema.extend({ recipient: recipientSchema });

/**
 * The set as one encrypted file that is ready to leave: the one that an earlier attempt left, or a new one. Throws `disk-full`,
 * `backup-damaged` or the signal's reason; nothing is left then.
 */
export async function stage(
  paths: StagingPaths,
  { set, recipient }: { set: CopiedSet; recipient: string },
  options: { signal?: AbortSignal; onBytes?: (bytes: number, total: number) => void },
): Promise<CopyLabel> {
  const before = await stagedBefore(paths, set.id, recipient);
  if (before !== null) return before;
  await discardStaged(paths, set.id);
  await makeFolder(paths.offsite, 0o700);
  const folder = paths.backup(set.id);
  const total = await packedBytes(folder);
  await requireSpace(paths.offsite, mostEncryptedBytes(total));
  try {
    const path = paths.offsiteStaged(set.id);
    const plain = counted(packSet(folder), (bytes) => options.onBytes?.(bytes, total));
    const written = await writeStream(`${path}.part`, await encrypted(plain, recipient), options.signal);
    await rename(`${path}.part`, path);
    await syncFolder(dirname(path));
    const { id, kind, createdAt, version } = set;
    const label: CopyLabel = { v: 1, id, kind, createdAt, version, ...written };
    const staged: z.infer<typeof stagedSchema> = { ...label, recipient };
    await writeAtomically(paths.offsiteLabel(id), `${JSON.stringify(staged)}\n`, 0o600);
    return label;
  } catch (error) {
    await discardStaged(paths, set.id);
    if (!isErrno(error, "ENOSPC") && !isErrno(error, "EDQUOT")) throw error;
    const room = { path: paths.offsite, neededBytes: mostEncryptedBytes(total), freeBytes: await freeBytes(paths.offsite) };
    throw new AppError("disk-full", room, { cause: error });
  }
}

/** Removes what is staged of a set; that nothing is, is fine. */
export async function discardStaged(paths: StagingPaths, id: Ulid): Promise<void> {
  await remove(paths.offsiteLabel(id));
  await remove(paths.offsiteStaged(id));
  await remove(`${paths.offsiteStaged(id)}.part`);
}

/** The sets of which something is staged: copyings to be gone on with, or remainders of sets that are gone. */
export async function listStaged(paths: StagingPaths): Promise<Ulid[]> {
  if (!(await exists(paths.offsite))) return [];
  const ids = (await readdir(paths.offsite)).map((name) => name.split(".", 1)[0]);
  return [...new Set(ids)].filter((id): id is string => ulidSchema.safeParse(id).success).toSorted();
}

/** Only if it is whole, unchanged, and for the same recipient. */
async function stagedBefore(paths: StagingPaths, id: Ulid, recipient: string): Promise<CopyLabel | null> {
  const path = paths.offsiteStaged(id);
  const staged = await readJson(paths.offsiteLabel(id), stagedSchema).catch(() => null);
  if (staged?.id !== id || staged.recipient !== recipient || !(await exists(path))) return null;
  const sum = await sumFile(dirname(path), basename(path));
  return sum.bytes === staged.bytes && sum.sha256 === staged.sha256 ? copyLabelSchema.parse(staged) : null;
}

/** Throws `disk-full` when there is less room than is needed. */
export async function requireSpace(path: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(path);
  if (free < neededBytes) throw new AppError("disk-full", { path, neededBytes, freeBytes: free });
}

async function* counted(content: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    onBytes(bytes);
    yield chunk;
  }
}

async function writeStream(
  path: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(path, flags, 0o600);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of content) {
      signal?.throwIfAborted();
      hash.update(chunk);
      for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
      bytes += chunk.length;
    }
    await handle.sync();
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}
