import type { Readable } from "node:stream";
import type { Ulid } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { packedBytes, packSet } from "./archive.ts";
import type { Catalogued } from "./catalogue.ts";
import { findBackup, isForeign, listBackups, listForPeople } from "./catalogue.ts";
import type { Backup, BackupManifest, ListedBackup } from "./contract.ts";
import { backupSchema } from "./contract.ts";
import type { BackupRequest, BackupsDeps, CreateOptions } from "./create.ts";
import { createBackup } from "./create.ts";
import { changeLabel, labelled } from "./label.ts";
import type { Loading } from "./load.ts";
import { loadBackup } from "./load.ts";
import type { ReceiveOptions, Received } from "./receive.ts";
import { adoptSet, receiveSet, takeIn } from "./receive.ts";
import { applyRetention, previewRetention, removeBackup, removePartial, removeStale } from "./remove.ts";
import type { Retaining } from "./remove.ts";
import { heldFiles, putFilesBack } from "./set-files.ts";
import type { VerifyOptions } from "./verify.ts";
import { verifyBackup } from "./verify.ts";

/** All verbs of backups, bound to one installation. `find` and `list` give the good ones; `listAll` all that people should know of. */
export function createBackups(deps: BackupsDeps) {
  return {
    create: async (request: BackupRequest, options: CreateOptions): Promise<Backup> =>
      backupSchema.parse(await createBackup(deps, request, options)),
    /** Reads all of it; what was found stands on its label afterwards, whichever it is. */
    verify: async (id: Ulid, options: VerifyOptions = {}): Promise<void> => {
      try {
        await verifyBackup(deps, id, options);
      } catch (error) {
        if (isAppError(error, "backup-damaged")) await changeLabel(deps.paths, id, { damage: error.problem });
        throw error;
      }
      await changeLabel(deps.paths, id, { verifiedAt: deps.clock.now().toISOString(), damage: null });
    },
    load: (target: Loading, signal?: AbortSignal): Promise<void> => loadBackup(deps, target, signal),
    /**
     * Whether it was made elsewhere, or may have been: its manifest does not bear our seal, as we wrote it. What a person has said about it since changes
     * nothing of that.
     */
    isForeign: (id: Ulid): Promise<boolean> => isForeign(deps, id),
    /** The archive of one that is there, whatever its state, and its exact size. */
    pack: async (id: Ulid): Promise<{ stream: Readable; bytes: number }> => {
      if ((await findBackup(deps, id)) === null) throw new AppError("not-found", { what: "backup" });
      return { bytes: await packedBytes(deps.paths.backup(id)), stream: packSet(deps.paths.backup(id)) };
    },
    receive: (archive: Readable, options: ReceiveOptions = {}): Promise<Received> => receiveSet(deps, archive, options),
    /** What was fetched and unpacked into its `.partial` folder. */
    takeIn: (fetched: { aside: Ulid; into: string }): Promise<Received> => takeIn(deps, fetched),
    adopt: (id: Ulid): Promise<BackupManifest> => adoptSet(deps, id),
    /** Puts the files of a backup back among the uploads, where they lack; says how many. */
    putFilesBack: (id: Ulid): Promise<number> => putFilesBack(deps.paths.backup(id), deps.paths.files),
    /** The uploaded files that any backup holds, by their sha256: of damaged ones too, as far as can be seen. */
    heldFiles: (): Promise<Set<string>> => heldFiles(deps.paths),
    find: async (id: Ulid): Promise<Backup | null> => {
      const found = await findBackup(deps, id);
      return found === null ? null : (goodOne(found)[0] ?? null);
    },
    /** The whole manifest of one that is not known to be bad; throws `not-found`, or what is wrong with it. */
    manifest: async (id: Ulid): Promise<BackupManifest> => {
      const found = await findBackup(deps, id);
      if (found === null) throw new AppError("not-found", { what: "backup" });
      if (found.state !== "good") throw AppError.reported(found.problem);
      return found.manifest;
    },
    list: async (): Promise<Backup[]> => (await listBackups(deps)).flatMap(goodOne),
    listAll: (): Promise<ListedBackup[]> => listForPeople(deps),
    markDrilled: (id: Ulid, seconds: number): Promise<void> =>
      changeLabel(deps.paths, id, { drilled: { at: deps.clock.now().toISOString(), seconds } }),
    /** None is known to lie elsewhere any more: it is copied, or found there, anew. */
    forgetCopies: async (): Promise<void> => {
      for (const id of await labelled(deps.paths)) await changeLabel(deps.paths, id, { copied: null });
    },
    markCopied: (id: Ulid, where: string): Promise<void> =>
      changeLabel(deps.paths, id, { copied: { at: deps.clock.now().toISOString(), where } }),
    setKeep: (id: Ulid, keep: boolean): Promise<void> => changeLabel(deps.paths, id, { keep }),
    remove: (id: Ulid): Promise<void> => removeBackup(deps, id),
    removePartial: (id: Ulid): Promise<void> => removePartial(deps, id),
    removeStale: (since: Date): Promise<void> => removeStale(deps, since),
    previewRetention: (wanted: Retaining) => previewRetention(deps, wanted),
    applyRetention: (wanted: Retaining): Promise<Ulid[]> => applyRetention(deps, wanted),
  };
}

function goodOne(found: Catalogued): Backup[] {
  return found.state === "good" ? [backupSchema.parse(found.manifest)] : [];
}
