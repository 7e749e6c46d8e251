import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { AdminActor } from "../auth/actors.ts";
import { asOwner } from "../auth/actors.ts";
import type { Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { remove } from "../platform/files.ts";
import { newUlid } from "../platform/ids.ts";
import { carryOut, Unwanted } from "./carry-out.ts";
import type { CarryOutDeps } from "./carry-out.ts";
import type { Export, ExportFile, ExportOptions } from "./contract.ts";
import { fileNameOf, isAbandoned, isExpired, isSameClick, viewOf } from "./rules/life.ts";
import { beginExport, discardExport, findExports, inWords, isStray, openZip, placesOf, saveExport } from "./store.ts";

export type ExportsDeps = Omit<CarryOutDeps, "folder" | "reserveBytes"> & {
  /** Of all exports; `undefined` where the app was given none (`next dev`). */
  folder: string | undefined;
  appVersion: string;
  reserveBytes?: number;
};

type Wish = { options: ExportOptions; /** Of the click or the script's request, if it has one. */ key: string | null };
type Running = { file: ExportFile; abort: AbortController; ended: Promise<void> };

/** As of uploads. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/**
 * The exports of an installation, as one process of the app knows them: one is made at a time, also by two processes, which see each other in the folder. What
 * a process that is gone had begun is shown as interrupted, and what it had written is taken away.
 */
export function createExports(deps: ExportsDeps) {
  const { clock, log, reserveBytes = RESERVE_BYTES } = deps;
  const own = randomUUID();
  const exclusive = createExclusive();
  let running: Running | null = null;

  function neededFolder(): string {
    if (deps.folder === undefined) throw new AppError("exports-away", { folder: "FILAOPS_EXPORTS", reason: "not set" });
    return deps.folder;
  }

  /** All that there are, newest first, after what has expired was removed and what nobody makes any more was marked. */
  async function known(): Promise<ExportFile[]> {
    const folder = neededFolder();
    const files: ExportFile[] = [];
    for (const { id, file } of await findExports(folder)) {
      if (running?.file.id === id) files.push(running.file);
      else if (file === null) await removeStray(folder, id);
      else if (isExpired(file, clock.now())) await discardExport(folder, id);
      else files.push(isAbandoned(file, { now: clock.now(), own }) ? await markInterrupted(folder, file) : file);
    }
    return files;
  }

  async function removeStray(folder: string, id: Ulid): Promise<void> {
    if (await isStray(folder, id, clock.now())) await discardExport(folder, id);
  }

  async function needed(id: Ulid): Promise<ExportFile> {
    const file = (await known()).find((one) => one.id === id);
    if (file === undefined) throw new AppError("not-found", { what: "export" });
    return file;
  }

  async function begin(actor: AdminActor, { options, key }: Wish): Promise<Export> {
    const folder = neededFolder();
    const files = await known();
    const clickKey = key === null ? null : `${actor.id} ${key}`;
    const same = files.find((file) => isSameClick(file, { key: clickKey, now: clock.now() }));
    if (same !== undefined) return repeated(same, options);
    if (files.some(({ state }) => state === "running")) throw new AppError("export-under-way", {});
    const file = newFile(actor, { options, key: clickKey });
    await beginExport(folder, file);
    // They have said what they had to say.
    for (const { id, state } of files) if (state !== "complete") await discardExport(folder, id);
    log.info({ export: file.id, options, user: actor.id.toString() }, "an export was started");
    const abort = new AbortController();
    const ended = carryOut({ ...deps, folder, reserveBytes }, file, abort).then(() => {
      running = null;
    });
    running = { file, abort, ended };
    return viewOf(file);
  }

  function newFile(actor: AdminActor, { options, key }: Wish): ExportFile {
    const now = clock.now().toISOString();
    return {
      ...{ v: 1, id: newUlid(clock), state: "running", options, startedAt: now, startedBy: actor.name },
      ...{ rows: { done: 0, total: 0 }, bytes: null, lacking: 0, problem: null },
      ...{ appVersion: deps.appVersion, process: own, seenAt: now, key },
    };
  }

  return {
    /** Throws `exports-away`. */
    list: async (): Promise<Export[]> => (await known()).map(viewOf),

    /** Throws `not-found`. */
    get: async (id: Ulid): Promise<Export> => viewOf(await needed(id)),

    /**
     * Begins one and says so at once; the same click again is the same export. Throws `role-needed` for accounts without an owner, `export-under-way`,
     * `exports-full`, `exports-away`.
     */
    start: async (actor: AdminActor, wish: Wish): Promise<Export> => {
      if (wish.options.withAccounts && asOwner(actor) === null) throw new AppError("role-needed", { role: "owner" });
      return exclusive(() => begin(actor, wish));
    },

    /** Ends the one that is being made; when it is answered, nothing of it is left. One that has just become complete stays. */
    cancel: async (_actor: AdminActor, id: Ulid): Promise<void> => {
      const file = await needed(id);
      if (file.state !== "running") return;
      if (running?.file.id !== id) {
        // Another process makes it: without its folder it ends.
        await discardExport(neededFolder(), id);
        return;
      }
      running.abort.abort(new Unwanted());
      await running.ended;
    },

    /** Throws `export-under-way`, `not-found`. */
    remove: async (_actor: AdminActor, id: Ulid): Promise<void> => {
      const file = await needed(id);
      if (file.state === "running") throw new AppError("export-under-way", {});
      await discardExport(neededFolder(), id);
    },

    /** The file of a complete one. Throws `not-found`, `export-unfinished`, and `role-needed` for accounts without an owner. */
    open: async (actor: AdminActor, id: Ulid): Promise<{ fileName: string; bytes: number; stream: Readable }> => {
      const file = await needed(id);
      if (file.options.withAccounts && asOwner(actor) === null) throw new AppError("role-needed", { role: "owner" });
      if (file.state !== "complete") throw new AppError("export-unfinished", {});
      const zip = await openZip(neededFolder(), id);
      if (zip === null) throw new AppError("not-found", { what: "export" });
      return { fileName: fileNameOf(file), ...zip };
    },

    /** When the one that is being made now has ended; at once, when there is none. */
    ended: async (): Promise<void> => {
      await running?.ended;
    },
  };
}

export type Exports = ReturnType<typeof createExports>;

function repeated(file: ExportFile, options: ExportOptions): Export {
  if (JSON.stringify(file.options) !== JSON.stringify(options)) throw new AppError("key-reused", {});
  return viewOf(file);
}

async function markInterrupted(folder: string, file: ExportFile): Promise<ExportFile> {
  const marked: ExportFile = { ...file, state: "interrupted", problem: new AppError("export-interrupted", {}).problem };
  try {
    await remove(placesOf(folder, file.id).partial);
    await saveExport(folder, marked);
  } catch (error) {
    throw inWords(error, folder);
  }
  return marked;
}
