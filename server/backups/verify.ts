import { join } from "node:path";
import type { Ulid } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { readManifest, requireFiles } from "./catalogue.ts";
import { sumFile } from "./checksums.ts";
import type { BackupManifest } from "./contract.ts";
import type { BackupsDeps } from "./create.ts";
import { readThrough } from "./dump.ts";

export type VerifyOptions = {
  signal?: AbortSignal;
  /** How many of the backup's bytes were read and held, of how many. */
  onBytes?: (done: number, total: number) => void;
};

/**
 * Whether a backup can be relied on: it is ours, every file is there with its checksum, nothing else is, and pg_restore reads the whole of
 * it. Gives its manifest; throws `backup-damaged` or `backup-foreign`.
 */
export async function verifyBackup(
  deps: Pick<BackupsDeps, "paths" | "instanceKey" | "binaries">,
  id: Ulid,
  options: VerifyOptions = {},
): Promise<BackupManifest> {
  const manifest = await readManifest(deps, id);
  await verifyFolder(deps, { folder: deps.paths.backup(id), id, manifest }, options);
  return manifest;
}

/** The same of a set wherever it lies and whosever it is: every file that its manifest names holds, and the whole dump can be read. */
export async function verifyFolder(
  deps: Pick<BackupsDeps, "binaries">,
  { folder, id, manifest }: { folder: string; id: Ulid; manifest: BackupManifest },
  { signal, onBytes }: VerifyOptions,
): Promise<void> {
  await requireFiles(folder, id, manifest);
  let done = 0;
  for (const [path, sha256] of Object.entries(manifest.files)) {
    signal?.throwIfAborted();
    const sum = await sumFile(folder, path);
    done += sum.bytes;
    onBytes?.(done, manifest.bytes);
    if (sum.sha256 !== sha256) throw new AppError("backup-damaged", { id, reason: `the checksum of ${path} does not hold` });
  }
  try {
    await readThrough(deps.binaries, join(folder, "database"), signal);
  } catch (error) {
    if (!isAppError(error, "program-failed")) throw error;
    throw new AppError("backup-damaged", { id, reason: error.message }, { cause: error });
  }
}
