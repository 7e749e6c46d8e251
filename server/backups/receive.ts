import { createHash } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { exists, freeBytes, makeFolder, parseJson, remove, syncFolder, writeAtomically } from "../platform/files.ts";
import { newUlid } from "../platform/ids.ts";
import type { BackupManifest } from "./contract.ts";
import { backupManifestSchema } from "./contract.ts";
import type { BackupsDeps } from "./create.ts";
import { manifestText, partialOf } from "./create.ts";
import { changeLabel } from "./label.ts";
import { removePartial } from "./remove.ts";
import { isSealed } from "./seal.ts";
import { unpackSet } from "./unpack.ts";
import { verifyFolder } from "./verify.ts";

/** A set that came from elsewhere. `foreign`: it bears another installation's seal, and is not used before the operator adopts it. */
export type Received = { id: Ulid; origin: "ours" | "foreign" | "here-already" };

export type ReceiveOptions = { declaredBytes?: number; signal?: AbortSignal; onBytes?: (bytes: number) => void };

/** What stays free on the disk whatever is received, in bytes. */
const RESERVE = 1e9;
const MOST_ENTRIES = 1_000_000;

/**
 * Takes in an archive of a set, wherever it comes from: unpacked aside, read through, and only then given its name. One of ours gets its own id back;
 * a foreign one a new id, since nothing in it is trusted. Throws `archive-not-taken`, `backup-damaged`, `backup-disk-full`; then nothing of
 * it is left.
 */
export async function receiveSet(deps: BackupsDeps, archive: Readable, options: ReceiveOptions = {}): Promise<Received> {
  const aside = newUlid(deps.clock);
  const into = partialOf(deps.paths, aside);
  try {
    await makeFolder(deps.paths.backups, 0o700);
    const totalBytes = Math.max(0, (await freeBytes(deps.paths.backups)) - RESERVE);
    await unpackSet(archive, { ...options, into, limits: { totalBytes, entryBytes: totalBytes, entries: MOST_ENTRIES } });
    return await takeIn(deps, { aside, into }, options.signal);
  } catch (error) {
    archive.destroy();
    await removePartial(deps, aside);
    throw error;
  }
}

/** Reads through what was unpacked, and gives it its name. */
export async function takeIn(
  deps: BackupsDeps,
  { aside, into }: { aside: Ulid; into: string },
  signal?: AbortSignal,
): Promise<Received> {
  const manifest = await manifestOf(into, aside);
  const isOurs = isSealed(manifest, deps.instanceKey);
  const id = isOurs ? ulidSchema.parse(manifest.id) : aside;
  if (await exists(deps.paths.backup(id))) {
    await remove(into);
    return { id, origin: "here-already" };
  }
  try {
    await verifyFolder(deps, { folder: into, id, manifest }, signal === undefined ? {} : { signal });
  } catch (error) {
    await remove(into);
    throw error;
  }
  await rename(into, deps.paths.backup(id));
  await syncFolder(deps.paths.backups);
  return { id, origin: isOurs ? "ours" : "foreign" };
}

/**
 * Lets a foreign set be used: the operator at the server has said that it can be. It is read through once more and gets the id that it has here; it does
 * not get our seal, so that it is restored as what it is, something that came from elsewhere. Throws `backup-damaged`, or `not-found` where there
 * is no foreign set of that id.
 */
export async function adoptSet(deps: BackupsDeps, id: Ulid, signal?: AbortSignal): Promise<BackupManifest> {
  const folder = deps.paths.backup(ulidSchema.parse(id));
  if (!(await exists(folder))) throw new AppError("not-found", { what: "backup" });
  const manifest = await manifestOf(folder, id);
  if (isSealed(manifest, deps.instanceKey)) throw new AppError("not-found", { what: "backup from elsewhere of this id" });
  await verifyFolder(deps, { folder, id, manifest }, signal === undefined ? {} : { signal });
  const adopted = { ...manifest, id, run: null };
  const text = manifestText(adopted);
  await writeAtomically(join(folder, "manifest.json"), text, 0o600);
  await changeLabel(deps.paths, id, { adopted: createHash("sha256").update(text).digest("hex") });
  return adopted;
}

async function manifestOf(folder: string, id: Ulid): Promise<BackupManifest> {
  const path = join(folder, "manifest.json");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new AppError("backup-damaged", { id, reason: "it has no manifest" }, { cause: error });
  });
  return parseJson(text, backupManifestSchema, path);
}
