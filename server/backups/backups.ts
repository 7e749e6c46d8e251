import type { Ulid } from "../platform/contract.ts";
import type { Catalogued } from "./catalogue.ts";
import { applyRetention, findBackup, listBackups, removePartial } from "./catalogue.ts";
import type { Backup } from "./contract.ts";
import { backupSchema } from "./contract.ts";
import type { BackupRequest, BackupsDeps, CreateOptions } from "./create.ts";
import { createBackup } from "./create.ts";
import { verifyBackup } from "./verify.ts";

/** All verbs of backups, bound to one installation. `find` and `list` give the good ones; what else lies there is `listBackups`' to tell. */
export function createBackups(deps: BackupsDeps) {
  return {
    create: async (request: BackupRequest, options: CreateOptions): Promise<Backup> =>
      backupSchema.parse(await createBackup(deps, request, options)),
    verify: async (id: Ulid): Promise<void> => {
      await verifyBackup(deps, id);
    },
    find: async (id: Ulid): Promise<Backup | null> => {
      const found = await findBackup(deps, id);
      return found === null ? null : (goodOne(found)[0] ?? null);
    },
    list: async (): Promise<Backup[]> => (await listBackups(deps)).flatMap(goodOne),
    removePartial: (id: Ulid): Promise<void> => removePartial(deps, id),
    applyRetention: async (keep: number, referred: readonly Ulid[]): Promise<void> => {
      await applyRetention(deps, { keep, referred });
    },
  };
}

function goodOne(found: Catalogued): Backup[] {
  return found.state === "good" ? [backupSchema.parse(found.manifest)] : [];
}
