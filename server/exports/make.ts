import { rename } from "node:fs/promises";
import type { AppDatabase } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import { freeBytes, remove, syncFolder } from "../platform/files.ts";
import type { ExportFile } from "./contract.ts";
import { openPartial, placesOf } from "./store.ts";
import { outlineOf, writeExport } from "./write.ts";
import { createZip } from "./zip.ts";

export type MakeDeps = {
  database: Pick<AppDatabase, "snapshot">;
  /** Of all exports. */
  folder: string;
  files: string | undefined;
  /** What stays free on the disk, in bytes: the database may lie on it, too. */
  reserveBytes: number;
};

type Progress = { signal: AbortSignal; onTotal: (rows: number) => void; onRows: (rows: number) => void };

/**
 * Makes the file of an export from one moment of the database: written aside, flushed, then renamed, so that what can be downloaded is whole. Throws
 * `exports-full`, and what the signal was aborted with; then nothing of the file is left.
 */
export async function makeExport(
  deps: MakeDeps,
  { id, options, startedAt, appVersion }: ExportFile,
  { signal, onTotal, onRows }: Progress,
): Promise<{ bytes: number; lacking: number }> {
  const snapshot = await deps.database.snapshot();
  const stop = () => void snapshot.close();
  signal.addEventListener("abort", stop, { once: true });
  const places = placesOf(deps.folder, id);
  try {
    signal.throwIfAborted();
    const outline = await outlineOf(snapshot, options);
    onTotal(outline.rows);
    await refuseWithoutRoom(deps, outline.bytes);
    const file = await openPartial(deps.folder, id);
    const made = { bytes: 0, lacking: 0 };
    try {
      const terms = { options, outline, appVersion, at: new Date(startedAt), files: deps.files, onRows };
      const zip = createZip(file, { at: terms.at }, signal);
      made.lacking = (await writeExport(zip, snapshot, terms)).lacking;
      made.bytes = await zip.finish();
      await file.sync();
    } finally {
      await file.close();
    }
    signal.throwIfAborted();
    await rename(places.partial, places.zip);
    await syncFolder(places.own);
    return made;
  } catch (error) {
    for (const path of [places.partial, places.zip]) await remove(path);
    // What was ended from outside fails in many ways; why it was ended is the reason.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await snapshot.close();
  }
}

async function refuseWithoutRoom({ folder, reserveBytes }: MakeDeps, bytes: number): Promise<void> {
  const [neededBytes, free] = [bytes + reserveBytes, await freeBytes(folder)];
  if (free < neededBytes) throw new AppError("exports-full", { neededBytes, freeBytes: free });
}
