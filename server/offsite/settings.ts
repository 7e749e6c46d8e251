import type { Dispatcher } from "undici";
import { readFile } from "node:fs/promises";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";
import { isErrno, makeFolder, readJson, remove, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { OffsiteSettings, Storage } from "./contract.ts";
import { offsiteSettingsSchema, storageSecretSchema } from "./contract.ts";
import { folderStore } from "./folder-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { s3Store } from "./s3/s3-store.ts";

type Paths = Pick<HomePaths, "offsite" | "offsiteSettings" | "offsiteSecret" | "keys">;

/** Where copies go and to whom they are encrypted, or `null` when that was never set up. The secret is not in it. */
export async function readSettings(paths: Paths): Promise<OffsiteSettings | null> {
  return readJson(paths.offsiteSettings, offsiteSettingsSchema);
}

/** Writes the settings; with a secret, that is replaced too, and it is never written beside them. */
export async function writeSettings(paths: Paths, settings: OffsiteSettings, secret?: string): Promise<void> {
  await makeFolder(paths.offsite, 0o700);
  await makeFolder(paths.keys, 0o700);
  if (secret !== undefined) await writeAtomically(paths.offsiteSecret, storageSecretSchema.parse(secret), 0o600);
  const text = JSON.stringify(offsiteSettingsSchema.parse(settings), null, 2);
  await writeAtomically(paths.offsiteSettings, `${text}\n`, 0o600);
}

/** Forgets where copies go, and the secret. What lies there stays there. */
export async function removeSettings(paths: Paths): Promise<void> {
  await remove(paths.offsiteSettings);
  await remove(paths.offsiteSecret);
}

/** The secret of the access key that is set up. Throws `file-unreadable` when there is none. */
export async function readSecret(paths: Paths): Promise<string> {
  const path = paths.offsiteSecret;
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const reason = isErrno(error, "ENOENT") ? "it is not there" : String(error);
    throw new AppError("file-unreadable", { path, reason }, { cause: error });
  });
  const parsed = storageSecretSchema.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  // Without what is in it: that is a secret.
  throw new AppError("file-unreadable", { path, reason: "it does not hold the secret of an access key" });
}

/** The storage that is meant. A secret is asked for with a bucket only; `dispatcher` decides which addresses may be connected to. */
export async function openStore(
  storage: Storage,
  { secret, clock, dispatcher }: { secret: () => Promise<string>; clock: Clock; dispatcher?: Dispatcher },
): Promise<ObjectStore> {
  if (storage.kind === "folder") return folderStore(storage.path);
  return s3Store({ storage, secret: await secret(), clock, ...(dispatcher === undefined ? {} : { dispatcher }) });
}

/** The storage that is set up, and the key that copies are encrypted to; `null` when there is none. */
export async function openOffsite(paths: Paths, clock: Clock): Promise<{ store: ObjectStore; recipient: string } | null> {
  const settings = await readSettings(paths);
  if (settings === null) return null;
  const { storage, recipient } = settings;
  return { store: await openStore(storage, { secret: () => readSecret(paths), clock }), recipient };
}
