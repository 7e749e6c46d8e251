import { constants } from "node:fs";
import { access, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { booksOfSnapshot } from "../databases/books.ts";
import type { Login } from "../databases/connect.ts";
import { withConnection } from "../databases/connect.ts";
import type { Books } from "../databases/contract.ts";
import { databaseBytes, schemaHead, serverVersion } from "../databases/inspect.ts";
import type { ReferredFile } from "../databases/referred-files.ts";
import { referredFiles } from "../databases/referred-files.ts";
import { onSnapshot } from "../databases/tables.ts";
import type { Clock } from "../platform/clock.ts";
import type { Ulid, Version } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { folderBytes, freeBytes, isErrno, makeFolder, remove, syncFolder, syncTree, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { FileSum } from "./checksums.ts";
import { sumFile, sumFiles } from "./checksums.ts";
import type { BackupKind, BackupManifest } from "./contract.ts";
import { backupManifestSchema } from "./contract.ts";
import { dump, dumpVersion } from "./dump.ts";
import { readme } from "./readme.ts";
import { seal } from "./seal.ts";
import type { FilesTaken } from "./set-files.ts";
import { takeFiles } from "./set-files.ts";

export type BackupsDeps = {
  paths: Pick<HomePaths, "backups" | "backup" | "backupLabel" | "files">;
  /** The folder of pg_dump and pg_restore. */
  binaries: string;
  /** The owner's login and the live database's name. */
  login: Login;
  database: string;
  /** The content of `keys/instance.key`. */
  instanceKey: string;
  applicationName: string;
  clock: Clock;
};

export type BackupRequest = { id: Ulid; kind: BackupKind; run: Ulid | null; version: Version; note: string };
export type CreateOptions = {
  onBytes?: (bytes: number) => void;
  /** How long to wait for a table that somebody has locked, in milliseconds; ten seconds, when left out. */
  lockWaitMs?: number;
  signal?: AbortSignal;
};

/** The folder of the dump in a set. */
const DUMP = "database";
const LOOK_EVERY_MS = 500;

/** Where a backup lies while it is made or removed: a folder of this name is not a backup. */
export function partialOf(paths: Pick<HomePaths, "backup">, id: Ulid): string {
  return `${paths.backup(id)}.partial`;
}

/**
 * Makes a backup of the live database: dump, books of the very same moment, checksums, manifest; everything is flushed, then the folder gets its
 * name, so that a folder with that name is whole, also after a power cut. On failure nothing of it is left. Throws `backup-failed`,
 * `backup-disk-full`, `backup-folder-shut`, `backup-blocked`, or the signal's reason. It is not yet verified.
 */
export async function createBackup(
  deps: BackupsDeps,
  request: BackupRequest,
  options: CreateOptions = {},
): Promise<BackupManifest> {
  const partial = partialOf(deps.paths, request.id);
  try {
    await makeFolder(deps.paths.backups, 0o700);
    await remove(partial);
    await makeFolder(partial, 0o700);
    const taken = await takeDump(deps, join(partial, DUMP), options);
    const earlier = await newestSet(deps);
    const uploads = { uploads: deps.paths.files, earlier, ...(options.signal ? { signal: options.signal } : {}) };
    const files = await takeFiles(uploads, partial, taken.referred);
    options.onBytes?.(await folderBytes(partial));
    const manifest = await describe(deps, request, { partial, files, ...taken });
    options.signal?.throwIfAborted();
    await rename(partial, deps.paths.backup(request.id));
    await syncFolder(deps.paths.backups);
    return manifest;
  } catch (error) {
    const free = await freeBytes(dirname(deps.paths.backups)).catch(() => 0);
    await removePatiently(deps.clock, partial);
    const isFull = isErrno(error, "ENOSPC") || (error instanceof Error && /No space left on device/i.test(error.message));
    if (isFull) throw new AppError("backup-disk-full", { path: deps.paths.backups, freeBytes: free }, { cause: error });
    const { backups: path } = deps.paths;
    throw (await isShut(path)) ? new AppError("backup-folder-shut", { path }, { cause: error }) : error;
  }
}

/** Whether nothing can be written there. What failed does not say it: making folders below a read-only one ends as if there were none. */
async function isShut(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return false;
  } catch (error) {
    return ["EROFS", "EACCES", "EPERM"].some((code) => isErrno(error, code));
  }
}

type Taken = {
  /** Of the dump. */
  sums: FileSum[];
  books: Books;
  referred: ReferredFile[];
  schemaHead: string;
  postgresVersion: string;
  databaseBytes: number;
  durationMs: number;
};

/** The dump and the books are of one snapshot, which our transaction holds open for both. */
async function takeDump(deps: BackupsDeps, folder: string, { onBytes, lockWaitMs, signal }: CreateOptions): Promise<Taken> {
  const { login, database, applicationName, clock } = deps;
  const settings = { idle_in_transaction_session_timeout: "0" };
  const begun = clock.monotonic();
  return withConnection(login, { database, applicationName, settings }, (client) =>
    onSnapshot(client, async () => {
      const snapshot = (await client.query<{ id: string }>("SELECT pg_export_snapshot() AS id")).rows[0]?.id ?? "";
      const watching = watchBytes(folder, clock, onBytes);
      try {
        await dump({
          binaries: deps.binaries,
          login,
          database,
          folder,
          snapshot,
          applicationName,
          ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
          ...(signal ? { signal } : {}),
        });
      } finally {
        await watching.stop();
      }
      const durationMs = Math.round(clock.monotonic() - begun);
      // The server adds up while we do, and while the disk writes.
      const [books, dumped] = await Promise.all([booksOfSnapshot(client), sumFiles(folder), syncTree(folder)]);
      const sums = dumped.map((sum) => ({ ...sum, path: `${DUMP}/${sum.path}` }));
      const referred = await referredFiles(client);
      const head = await schemaHead(client);
      const [version, bytes] = [await serverVersion(client), await databaseBytes(client, database)];
      return { sums, books, referred, schemaHead: head, postgresVersion: version.text, databaseBytes: bytes, durationMs };
    }),
  );
}

/** The newest set that is there, whole or not: what is taken from it is looked at. */
async function newestSet({ paths }: Pick<BackupsDeps, "paths">): Promise<string | null> {
  const newest = (await readdir(paths.backups))
    .filter((name) => ulidSchema.safeParse(name).success)
    .toSorted()
    .at(-1);
  return newest === undefined ? null : paths.backup(newest);
}

/** Writes everything beside the dump, the manifest last, and flushes it all. */
async function describe(
  deps: BackupsDeps,
  request: BackupRequest,
  taken: Taken & { partial: string; files: FilesTaken },
): Promise<BackupManifest> {
  const { partial, files, books, schemaHead: head, postgresVersion, databaseBytes: bytes, durationMs } = taken;
  const facts = { books, schemaHead: head, postgresVersion, databaseBytes: bytes, durationMs };
  const createdAt = deps.clock.now().toISOString();
  const pgDumpVersion = (await dumpVersion(deps.binaries)).text;
  const text = readme({ id: request.id, version: request.version, createdAt, schemaHead: facts.schemaHead, pgDumpVersion });
  await writeAtomically(join(partial, "README.txt"), text);
  const sums = [...taken.sums, ...files.sums, await sumFile(partial, "README.txt")];
  await writeAtomically(join(partial, "SHA256SUMS"), sums.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(""));
  sums.push(await sumFile(partial, "SHA256SUMS"));
  const manifest = seal(
    {
      v: 1,
      ...request,
      ...facts,
      createdAt,
      pgDumpVersion,
      lacking: files.lacking,
      bytes: sums.reduce((total, { bytes }) => total + bytes, 0),
      files: Object.fromEntries(sums.map(({ path, sha256 }) => [path, sha256])),
    },
    deps.instanceKey,
  );
  await syncTree(partial);
  await writeAtomically(join(partial, "manifest.json"), manifestText(manifest), 0o600);
  return manifest;
}

/** A manifest as it is written: in one way only, so that a file which is not so was changed. */
export function manifestText(manifest: BackupManifest): string {
  return `${JSON.stringify(backupManifestSchema.parse(manifest), null, 2)}\n`;
}

/** Tells how much of the dump there is, as often as it is looked at. */
function watchBytes(folder: string, clock: Clock, onBytes: ((bytes: number) => void) | undefined) {
  const stopped = new AbortController();
  async function look(): Promise<void> {
    while (!stopped.signal.aborted) {
      // The folder is not there in the first moments.
      onBytes?.(await folderBytes(folder).catch(() => 0));
      await clock.sleep(LOOK_EVERY_MS, stopped.signal).catch(() => undefined);
    }
  }
  const looking = onBytes === undefined ? Promise.resolve() : look();
  return {
    async stop() {
      stopped.abort();
      await looking;
      onBytes?.(await folderBytes(folder).catch(() => 0));
    },
  };
}

/** pg_dump's workers end a moment after it was killed, and may write until then. */
async function removePatiently(clock: Clock, folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await remove(folder);
      return;
    } catch (error) {
      if (attempt === 20 || !isErrno(error, "ENOTEMPTY")) throw error;
      await clock.sleep(100);
    }
  }
}
