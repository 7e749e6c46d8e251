import { readdir, rename, stat } from "node:fs/promises";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { exists, remove, syncFolder } from "../platform/files.ts";
import type { Catalogued } from "./catalogue.ts";
import { listBackups } from "./catalogue.ts";
import type { BackupSettings } from "./contract.ts";
import type { BackupsDeps } from "./create.ts";
import { partialOf } from "./create.ts";
import { removeLabel } from "./label.ts";
import type { Reason } from "./rules/retention.ts";
import { retention } from "./rules/retention.ts";

type Deps = Pick<BackupsDeps, "paths" | "instanceKey">;

/** What an interrupted creation or removal of this backup left behind. */
export async function removePartial({ paths }: Pick<Deps, "paths">, id: Ulid): Promise<void> {
  await remove(partialOf(paths, ulidSchema.parse(id)));
}

/**
 * What uploads and fetches that were cut off left behind: a run's own is removed by the run, but these have none. Only what nobody has written to since
 * then goes.
 */
export async function removeStale({ paths }: Pick<Deps, "paths">, since: Date): Promise<void> {
  if (!(await exists(paths.backups))) return;
  for (const name of await readdir(paths.backups)) {
    const id = /^([0-9A-Z]{26})\.partial$/.exec(name)?.[1];
    if (id === undefined || !ulidSchema.safeParse(id).success) continue;
    const { mtimeMs } = await stat(partialOf(paths, id));
    if (mtimeMs < since.getTime()) await removePartial({ paths }, id);
  }
}

/** Removes a backup for good, whatever its state; that it is gone already is fine. Who may be removed is for the caller to say. */
export async function removeBackup(deps: Pick<Deps, "paths">, id: Ulid): Promise<void> {
  // A removal that is cut off must not leave a backup that looks whole, nor one that is missed.
  if (await exists(deps.paths.backup(ulidSchema.parse(id)))) {
    await rename(deps.paths.backup(id), partialOf(deps.paths, id));
    await syncFolder(deps.paths.backups);
  }
  await removeLabel(deps.paths, id);
  await removePartial(deps, id);
}

export type Retaining = { settings: BackupSettings; referred: readonly Ulid[] };

/** Which backups stay and why, and which go. Changes nothing. */
export async function previewRetention(deps: Deps, wanted: Retaining): Promise<{ stay: Map<Ulid, Reason>; go: Ulid[] }> {
  return retentionOf(await listBackups(deps), wanted);
}

/** Removes what the rules do not keep, the oldest first. Says which were removed. */
export async function applyRetention(deps: Deps, wanted: Retaining): Promise<Ulid[]> {
  const { go } = await previewRetention(deps, wanted);
  for (const id of go) await removeBackup(deps, id);
  return go;
}

function retentionOf(listed: readonly Catalogued[], { settings, referred }: Retaining) {
  const candidates = listed.map((one) => ({
    id: one.id,
    createdAt: one.state === "good" ? one.manifest.createdAt : "",
    good: one.state === "good",
    keep: one.label.keep,
  }));
  return retention(candidates, { ...settings.retention, timeZone: settings.schedule.timeZone, referred });
}
