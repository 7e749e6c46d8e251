import { lstat, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import { exists, folderBytes, readJson, remove, syncFolder } from "../platform/files.ts";
import { listFiles } from "./checksums.ts";
import type { BackupManifest } from "./contract.ts";
import { backupManifestSchema } from "./contract.ts";
import type { BackupsDeps } from "./create.ts";
import { partialOf } from "./create.ts";
import { retention } from "./rules/retention.ts";
import { isSealed } from "./seal.ts";

/** A backup's folder as it is listed. `foreign`: made by another installation, or its manifest was changed; nothing in it is trusted. */
export type Catalogued =
  { state: "good"; id: Ulid; manifest: BackupManifest } | { state: "damaged" | "foreign"; id: Ulid; reason: string };

type Deps = Pick<BackupsDeps, "paths" | "instanceKey">;

/** All backups, newest first. A folder that is not whole is listed as such and never hides the others; bytes that changed are found by `verifyBackup`. */
export async function listBackups(deps: Deps): Promise<Catalogued[]> {
  if (!(await exists(deps.paths.backups))) return [];
  const names = await readdir(deps.paths.backups);
  const ids = names.filter((name) => ulidSchema.safeParse(name).success);
  return Promise.all(
    ids
      .toSorted()
      .toReversed()
      .map((id) => lookAt(deps, id)),
  );
}

/** One backup by its id, or `null`. */
export async function findBackup(deps: Deps, id: Ulid): Promise<Catalogued | null> {
  return (await exists(deps.paths.backup(ulidSchema.parse(id)))) ? lookAt(deps, id) : null;
}

async function lookAt(deps: Deps, id: Ulid): Promise<Catalogued> {
  try {
    const manifest = await readManifest(deps, id);
    const bytes = (await folderBytes(deps.paths.backup(id))) - (await lstat(join(deps.paths.backup(id), "manifest.json"))).size;
    if (bytes !== manifest.bytes) {
      return { state: "damaged", id, reason: `it should have ${manifest.bytes} bytes and has ${bytes}` };
    }
    return { state: "good", id, manifest };
  } catch (error) {
    const { code, happened } = toProblem(error);
    return { state: code === "backup-foreign" ? "foreign" : "damaged", id, reason: happened };
  }
}

/** The manifest of a backup of ours whose files are all there and nothing else is. Throws `backup-damaged` or `backup-foreign`. */
export async function readManifest(deps: Deps, id: Ulid): Promise<BackupManifest> {
  const folder = deps.paths.backup(id);
  const damaged = (reason: string) => new AppError("backup-damaged", { id, reason });
  // A link to a folder is refused, too.
  const isFolder = (await exists(folder)) && (await lstat(folder)).isDirectory();
  if (!isFolder) throw damaged("it is not there, or not a folder");
  const present = await listFiles(folder).catch((error: unknown) => {
    throw damaged(String(error));
  });
  const manifest = await readJson(join(folder, "manifest.json"), backupManifestSchema);
  if (manifest === null) throw damaged("it has no manifest");
  if (!isSealed(manifest, deps.instanceKey)) throw new AppError("backup-foreign", { id });
  if (manifest.id !== id) throw damaged(`its manifest is that of ${manifest.id}`);
  const expected = [...Object.keys(manifest.files), "manifest.json"];
  const missing = expected.find((path) => !present.includes(path));
  if (missing !== undefined) throw damaged(`${missing} is missing`);
  const extra = present.find((path) => !expected.includes(path));
  if (extra !== undefined) throw damaged(`${extra} does not belong to it`);
  return manifest;
}

/** Removes what an interrupted creation or removal of this backup left behind. */
export async function removePartial({ paths }: Pick<Deps, "paths">, id: Ulid): Promise<void> {
  await remove(partialOf(paths, ulidSchema.parse(id)));
}

/** Keeps the newest `keep` good backups and all that are referred to; removes the other good ones. Says which were removed. */
export async function applyRetention(deps: Deps, policy: { keep: number; referred: readonly Ulid[] }): Promise<Ulid[]> {
  const listed = await listBackups(deps);
  const doomed = retention(
    listed.map(({ id, state }) => ({ id, good: state === "good" })),
    policy,
  );
  for (const id of doomed) {
    // A removal that is cut off must not leave a backup that looks whole.
    await rename(deps.paths.backup(id), partialOf(deps.paths, id));
    await syncFolder(deps.paths.backups);
    await removePartial(deps, id);
  }
  return doomed;
}
