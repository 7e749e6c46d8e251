import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { partialOf } from "../backups/create.ts";
import type { Unpacked, UnpackLimits } from "../backups/unpack.ts";
import { unpackSet } from "../backups/unpack.ts";
import type { Clock } from "../platform/clock.ts";
import type { Ulid } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { makeFolder, parseJson, remove } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { newUlid } from "../platform/ids.ts";
import { decrypted, recipientOf } from "./age.ts";
import type { CopyLabel, CopyProgress, OffsiteCopy, StorageTest } from "./contract.ts";
import { copyLabelSchema } from "./contract.ts";
import type { ObjectStore } from "./object-store.ts";
import { bufferSource, fileSource } from "./sources.ts";
import type { CopiedSet, StagingPaths } from "./staging.ts";
import { discardStaged, requireSpace, stage } from "./staging.ts";

export type CopyOptions = { signal?: AbortSignal; onProgress?: (progress: CopyProgress) => void };

/** Why a label is as good as none. */
const UNREADABLE = ["file-unreadable", "offsite-missing", "offsite-differs"] as const;

/** A label has about 300 bytes. */
const MOST_LABEL_BYTES = 64 * 1024;

const objectOf = (id: Ulid) => `${id}.tar.age`;
const labelOf = (id: Ulid) => `${id}.json`;

/**
 * Copies a backup set to the storage: packed, encrypted to the recipient, put, asked for again, and its label beside it last. One that lies there
 * whole is not copied again. After `offsite-unreachable`, `offsite-folder` or a crash the encrypted file stays here, so that the next call goes on
 * where this one ended; after anything else, and after an abort, nothing is left, here or there.
 */
export async function copyOut(
  deps: { paths: StagingPaths; store: ObjectStore; recipient: string },
  set: CopiedSet,
  { signal, onProgress }: CopyOptions = {},
): Promise<CopyLabel> {
  const { paths, store, recipient } = deps;
  const abort = signal === undefined ? {} : { signal };
  let wasPut = false;
  try {
    const there = await wholeCopy(store, set.id);
    signal?.throwIfAborted();
    if (there !== null) {
      await discardStaged(paths, set.id);
      return there;
    }
    const label = await stage(paths, { set, recipient }, { ...abort, onBytes: telling("encrypting", onProgress) });
    const onBytes = (bytes: number) => {
      telling("uploading", onProgress)(bytes, label.bytes);
    };
    await store.put(objectOf(set.id), fileSource(paths.offsiteStaged(set.id), label), { ...abort, onBytes });
    wasPut = true;
    await store.put(labelOf(set.id), bufferSource(Buffer.from(`${JSON.stringify(label, null, 2)}\n`)), abort);
    await discardStaged(paths, set.id);
    return label;
  } catch (error) {
    const passes = isAppError(error, "offsite-unreachable") || isAppError(error, "offsite-folder");
    if (passes) throw error;
    await discardStaged(paths, set.id);
    if (wasPut) await store.delete(objectOf(set.id)).catch(() => undefined);
    throw error;
  }
}

/** Gives up a copying that was left to be gone on with: removes what is staged here and what lies there of it. */
export async function giveUpCopy(deps: { paths: StagingPaths; store: ObjectStore }, id: Ulid): Promise<void> {
  await discardStaged(deps.paths, ulidSchema.parse(id));
  await deleteCopy(deps.store, id);
}

export type FetchDeps = { paths: Pick<HomePaths, "backups" | "backup">; store: ObjectStore };

/**
 * Fetches a copy back, verifies, decrypts and unpacks it into the backup's `.partial` folder (given back; a remainder in it is removed first). It is
 * not yet looked at: its checksums and its seal are `verifyBackup`'s to judge, and whoever knows the recipient can have made it. Throws
 * `offsite-missing`, `offsite-differs`, `offsite-key-wrong`, `archive-not-taken`, `disk-full`, `backup-disk-full` or the signal's reason; nothing
 * of it is left then.
 */
export async function fetchBack(
  { paths, store }: FetchDeps,
  { id, identity, limits }: { id: Ulid; identity: string; limits?: Partial<UnpackLimits> },
  { signal, onProgress }: CopyOptions = {},
): Promise<Unpacked & { folder: string }> {
  const folder = partialOf(paths, ulidSchema.parse(id));
  // Before anything is asked for: a mistyped key is the likeliest thing to be wrong.
  await recipientOf(identity);
  const name = objectOf(id);
  const seen = await store.head(name);
  if (seen === null) throw new AppError("offsite-missing", { where: store.where, what: name });
  const label = await readLabel(store, id);
  await makeFolder(paths.backups, 0o700);
  await remove(folder);
  await requireSpace(paths.backups, seen.bytes);
  const abort = signal === undefined ? {} : { signal };
  const stream = await store.get(name, {
    ...abort,
    // Without a label, age's own proof must do: it is one of every byte.
    ...(label === null ? {} : { expected: label }),
    onBytes: (bytes) => {
      telling("downloading", onProgress)(bytes, seen.bytes);
    },
  });
  const plain = await decrypted(stream, identity, { where: store.where, what: name }).catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  const most = { totalBytes: seen.bytes, entryBytes: seen.bytes, entries: 1_000_000, ...limits };
  return { ...(await unpackSet(plain, { ...abort, into: folder, limits: most })), folder };
}

/** All copies that lie on the storage, the newest first. Each label is read. */
export async function listCopies(store: ObjectStore, signal?: AbortSignal): Promise<OffsiteCopy[]> {
  const objects = new Map((await store.list(signal)).map(({ name, bytes }) => [name, bytes]));
  const names = [...objects.keys()].map((name) => /^([0-9A-Z]{26})\.(?:tar\.age|json)$/.exec(name)?.[1]);
  const ids = [...new Set(names)].filter((id) => id !== undefined && ulidSchema.safeParse(id).success).map(String);
  const copies: OffsiteCopy[] = [];
  for (const id of ids.toSorted().toReversed()) {
    signal?.throwIfAborted();
    const bytes = objects.get(objectOf(id));
    const label = objects.has(labelOf(id)) ? await readLabel(store, id) : null;
    const state = label === null ? "unlabelled" : bytes === label.bytes ? "whole" : "missing";
    copies.push({ id, state, bytes: bytes ?? 0, label });
  }
  return copies;
}

/** Deletes what the caller's rule says of the copies that lie there. Returns what was deleted, in that order. */
export async function retain(
  store: ObjectStore,
  rule: (copies: readonly OffsiteCopy[]) => readonly Ulid[],
  signal?: AbortSignal,
): Promise<Ulid[]> {
  const copies = await listCopies(store, signal);
  const doomed = rule(copies).filter((id) => copies.some((copy) => copy.id === id));
  for (const id of doomed) {
    signal?.throwIfAborted();
    await deleteCopy(store, id);
  }
  return doomed;
}

/** Deletes a copy, its label first: what a broken-off deleting leaves must not look whole. */
export async function deleteCopy(store: ObjectStore, id: Ulid): Promise<void> {
  await store.delete(labelOf(ulidSchema.parse(id)));
  await store.delete(objectOf(id));
}

/** Writes something small, reads it back, compares and deletes it: each right that copies need. Throws what is wrong with it. */
export async function sendTest(store: ObjectStore, clock: Clock): Promise<StorageTest> {
  const begun = clock.monotonic();
  await store.claim();
  const name = `test-${newUlid(clock)}.txt`;
  const content = Buffer.from(
    `FilaOps tried on ${clock.now().toISOString()} whether it can keep copies here: ${randomBytes(16).toString("hex")}\n`,
  );
  const source = bufferSource(content);
  try {
    await store.put(name, source);
    const back = await buffer(await store.get(name, { expected: source }));
    if (!back.equals(content)) {
      throw new AppError("offsite-differs", { where: store.where, what: name, reason: "its content is another" });
    }
    await store.list();
  } catch (error) {
    await store.delete(name).catch(() => undefined);
    throw error;
  }
  await store.delete(name);
  const milliseconds = Math.round(clock.monotonic() - begun);
  return { bytes: content.length, milliseconds, clockAheadSeconds: store.clockAheadSeconds() };
}

/** The label of a copy that lies there whole, else `null`. */
async function wholeCopy(store: ObjectStore, id: Ulid): Promise<CopyLabel | null> {
  const label = await readLabel(store, id);
  const seen = label === null ? null : await store.head(objectOf(id));
  return seen !== null && seen.bytes === label?.bytes ? label : null;
}

/** `null` when there is none, or none that can be read: nothing depends on it but the list. */
async function readLabel(store: ObjectStore, id: Ulid): Promise<CopyLabel | null> {
  try {
    const text = await readSmall(await store.get(labelOf(id)));
    const label = text === null ? null : parseJson(text, copyLabelSchema, labelOf(id));
    return label?.id === id ? label : null;
  } catch (error) {
    if (UNREADABLE.some((code) => isAppError(error, code))) return null;
    throw error;
  }
}

async function readSmall(stream: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_LABEL_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function telling(stage: CopyProgress["stage"], onProgress: CopyOptions["onProgress"]) {
  return (bytes: number, total: number): void => {
    onProgress?.({ stage, bytes, total });
  };
}
