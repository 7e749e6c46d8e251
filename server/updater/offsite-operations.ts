import type { OffsiteCopy, OffsiteSettings, Storage, StorageTest } from "../offsite/contract.ts";
import { listCopies, sendTest } from "../offsite/copies.ts";
import type { ObjectStore } from "../offsite/object-store.ts";
import { openStore, readSecret, readSettings, removeSettings, writeSettings } from "../offsite/settings.ts";
import { AppError } from "../platform/errors.ts";
import type { World } from "../updates/world.ts";

/** Where copies shall go. Without a secret the one that is known is meant, if the access key is the same. */
export type StorageInput = { storage: Storage; secret?: string };

/** What the updater's service does about copies elsewhere. Who may name a folder of this computer is for the caller to say. */
export type OffsiteOperations = {
  /** What was set up, without the secret; `null` when nothing was. */
  offsiteSettings: () => Promise<OffsiteSettings | null>;
  /** Asks the storage; throws what is wrong with it. */
  offsiteCopies: () => Promise<OffsiteCopy[]>;
  /** Writes, reads back and deletes something small; throws what is wrong. */
  testOffsite: (wanted: StorageInput) => Promise<StorageTest>;
  /** Tries the storage, then sets it up. */
  setOffsite: (wanted: StorageInput & { recipient: string }) => Promise<StorageTest>;
  /** Forgets the storage and its secret; what lies there stays. */
  removeOffsite: () => Promise<void>;
};

type WhileIdle = <T>(act: () => Promise<T>) => Promise<T>;

export function createOffsiteOperations(world: World, whileIdle: WhileIdle): OffsiteOperations {
  const { paths, clock } = world;
  const open = async ({ storage, secret }: StorageInput): Promise<ObjectStore> =>
    openStore(storage, { secret: () => (secret === undefined ? knownSecret(world, storage) : Promise.resolve(secret)), clock });
  return {
    offsiteSettings: () => readSettings(paths),
    offsiteCopies: async () => {
      const offsite = await world.offsite();
      if (offsite === null) throw new AppError("offsite-not-set-up", {});
      return listCopies(offsite.store);
    },
    testOffsite: async (wanted) => sendTest(await open(wanted), clock),
    setOffsite: async ({ storage, secret, recipient }) => {
      const tested = await sendTest(await open({ storage, ...(secret === undefined ? {} : { secret }) }), clock);
      await whileIdle(async () => {
        await writeSettings(paths, { v: 1, storage, recipient }, secret);
        // What lies at another place, or for another key, is to be copied again.
        await world.backups.forgetCopies();
      });
      return tested;
    },
    removeOffsite: () => whileIdle(() => removeSettings(paths)),
  };
}

/** The secret that was set up, for the same access key only: it is not sent to whatever address somebody types in beside it. */
async function knownSecret({ paths }: World, storage: Storage): Promise<string> {
  const known = (await readSettings(paths))?.storage;
  const same =
    known?.kind === "s3" &&
    storage.kind === "s3" &&
    known.accessKeyId === storage.accessKeyId &&
    known.endpoint === storage.endpoint;
  if (!same) throw new AppError("input-invalid", { reason: "secret: it is needed with another address or access key" });
  return readSecret(paths);
}
