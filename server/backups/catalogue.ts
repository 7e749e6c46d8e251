import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Problem, Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import { exists, folderBytes, isErrno, parseJson } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { listFiles } from "./checksums.ts";
import type { BackupLabel, BackupManifest, ListedBackup } from "./contract.ts";
import { backupManifestSchema, backupSchema } from "./contract.ts";
import type { BackupsDeps } from "./create.ts";
import { manifestText, partialOf } from "./create.ts";
import { labelled, readLabel } from "./label.ts";
import { isSealed } from "./seal.ts";

/**
 * A backup's folder as it is found. `foreign`: made by another installation, or its manifest was changed; nothing in it is trusted. `good`: nothing
 * speaks against it; whether it was read through, its label says.
 */
export type Catalogued = { id: Ulid; label: BackupLabel } & (
  { state: "good"; manifest: BackupManifest } | { state: "damaged" | "foreign"; problem: Problem }
);

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

/** The same as people see it, and with those that were made and are gone. */
export async function listForPeople(deps: Deps): Promise<ListedBackup[]> {
  const found = await listBackups(deps);
  const missing: ListedBackup[] = [];
  for (const id of await labelled(deps.paths)) {
    // One that is being removed, or was when the power went, is not missed.
    if (found.some((one) => one.id === id) || (await exists(partialOf(deps.paths, id)))) continue;
    const { keep, verifiedAt, drilled, copied } = await labelOf(deps, id);
    const { problem } = new AppError("backup-missing", { id });
    missing.push({ id, state: "missing", backup: null, keep, verifiedAt, drilled, copied, problem });
  }
  return [...found.map(forPeople), ...missing].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

function forPeople(found: Catalogued): ListedBackup {
  const { id, label } = found;
  const { keep, verifiedAt, drilled, copied } = label;
  const base = { id, keep, verifiedAt, drilled, copied };
  if (found.state !== "good") return { ...base, state: found.state, backup: null, problem: found.problem };
  const state = verifiedAt === null ? "whole" : "verified";
  return { ...base, state, backup: backupSchema.parse(found.manifest), problem: null };
}

/** One backup by its id, or `null`. */
export async function findBackup(deps: Deps, id: Ulid): Promise<Catalogued | null> {
  return (await exists(deps.paths.backup(ulidSchema.parse(id)))) ? lookAt(deps, id) : null;
}

async function lookAt(deps: Deps, id: Ulid): Promise<Catalogued> {
  const label = await labelOf(deps, id);
  try {
    const manifest = await readManifest(deps, id);
    const bytes = (await folderBytes(deps.paths.backup(id))) - (await lstat(join(deps.paths.backup(id), "manifest.json"))).size;
    if (bytes !== manifest.bytes) {
      const reason = `it should have ${manifest.bytes} bytes and has ${bytes}`;
      return { state: "damaged", id, label, problem: new AppError("backup-damaged", { id, reason }).problem };
    }
    if (label.damage !== null) return { state: "damaged", id, label, problem: label.damage };
    return { state: "good", id, label, manifest };
  } catch (error) {
    return { state: isAppError(error, "backup-foreign") ? "foreign" : "damaged", id, label, problem: toProblem(error) };
  }
}

/** A label that cannot be read may have said that the backup stays for ever. */
async function labelOf({ paths }: Deps, id: Ulid): Promise<BackupLabel> {
  return readLabel(paths, id).catch(() => ({
    v: 1,
    keep: true,
    verifiedAt: null,
    drilled: null,
    copied: null,
    adopted: null,
    damage: null,
  }));
}

/** Whether a backup was not made by this installation, as far as can be proved: one that cannot be read is none of ours. */
export async function isForeign({ paths, instanceKey }: Deps, id: Ulid): Promise<boolean> {
  const path = join(paths.backup(ulidSchema.parse(id)), "manifest.json");
  try {
    return !isSealed(parseJson(await readFile(path, "utf8"), backupManifestSchema, path), instanceKey);
  } catch {
    return true;
  }
}

/** Whether the operator said of this very manifest that it can be used. */
async function isAdopted(
  { paths }: { paths: Pick<HomePaths, "backups" | "backupLabel"> },
  id: Ulid,
  text: string,
): Promise<boolean> {
  const { adopted } = await readLabel(paths, id);
  return adopted === createHash("sha256").update(text).digest("hex");
}

/** The manifest of a backup of ours, or of an adopted one, whose files are all there and nothing else is. Throws `backup-damaged` or `backup-foreign`. */
export async function readManifest(
  deps: { paths: Pick<HomePaths, "backup" | "backups" | "backupLabel">; instanceKey: string },
  id: Ulid,
): Promise<BackupManifest> {
  const folder = deps.paths.backup(id);
  const damaged = (reason: string) => new AppError("backup-damaged", { id, reason });
  // A link to a folder is refused, too.
  const isFolder = (await exists(folder)) && (await lstat(folder)).isDirectory();
  if (!isFolder) throw damaged("it is not there, or not a folder");
  const text = await readPlain(join(folder, "manifest.json"));
  if (text === null) throw damaged("it has no manifest");
  const manifest = parseJson(text, backupManifestSchema, join(folder, "manifest.json"));
  const isUsable = isSealed(manifest, deps.instanceKey) || (await isAdopted(deps, id, text));
  if (!isUsable) throw new AppError("backup-foreign", { id });
  if (text !== manifestText(manifest)) throw damaged("its manifest was not left as it was written");
  if (manifest.id !== id) throw damaged(`its manifest is that of ${manifest.id}`);
  await requireFiles(folder, id, manifest);
  return manifest;
}

/** Every file that the manifest names is there, and nothing else is; throws `backup-damaged`. */
export async function requireFiles(folder: string, id: Ulid, manifest: Pick<BackupManifest, "files">): Promise<void> {
  const damaged = (reason: string) => new AppError("backup-damaged", { id, reason });
  const present = await listFiles(folder).catch((error: unknown) => {
    throw damaged(String(error));
  });
  const expected = [...Object.keys(manifest.files), "manifest.json"];
  const missing = expected.find((path) => !present.includes(path));
  if (missing !== undefined) throw damaged(`${missing} is missing`);
  const extra = present.find((path) => !expected.includes(path));
  if (extra !== undefined) throw damaged(`${extra} does not belong to it`);
}

/** A file's text; `null` when there is none, or a link in its place. */
async function readPlain(path: string): Promise<string | null> {
  try {
    return await readFile(path, { encoding: "utf8", flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ELOOP")) return null;
    throw error;
  }
}
