import type { Clock } from "../platform/clock.ts";
import type { Problem } from "../platform/contract.ts";
import { isNotReady } from "../platform/db-errors.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { freeBytes, isErrno } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import type { ExportFile } from "./contract.ts";
import type { MakeDeps } from "./make.ts";
import { makeExport } from "./make.ts";
import { discardExport, inWords, isOfDisk, saveExport } from "./store.ts";

export type CarryOutDeps = MakeDeps & {
  clock: Clock;
  log: Log;
  /** How often it says that it is at work; a second unless told. */
  beatMs?: number;
};

const BEAT_MS = 1000;

/** What an export is ended with that nobody wants any more. */
export class Unwanted extends Error {
  override readonly name = "Unwanted";
}

/**
 * Makes an export whose folder and state are there, to its end, and keeps `file` and the state on the disk true meanwhile. Never throws: what goes wrong stands in
 * the state; of one that is unwanted nothing is left.
 */
export async function carryOut(deps: CarryOutDeps, file: ExportFile, abort: AbortController): Promise<void> {
  const inTurn = createExclusive();
  const beat = setInterval(() => void inTurn(() => sayAtWork(deps, file, abort)), deps.beatMs ?? BEAT_MS);
  try {
    const made = await makeExport(deps, file, {
      signal: abort.signal,
      onTotal: (total) => {
        file.rows = { done: 0, total };
      },
      onRows: (rows) => {
        file.rows.done += rows;
      },
    });
    Object.assign(file, made, { state: "complete" });
    await inTurn(() => saveEnd(deps, file));
  } catch (error) {
    if (error instanceof Unwanted) {
      await inTurn(() => discardExport(deps.folder, file.id).catch(() => undefined));
      return;
    }
    Object.assign(file, { state: "failed", problem: await problemOf(deps, error) });
    await inTurn(() => saveEnd(deps, file));
  } finally {
    clearInterval(beat);
  }
}

/** Says that we are at work. Somebody may have taken the folder away, or others filled the disk: then it is ended. */
async function sayAtWork(deps: CarryOutDeps, file: ExportFile, abort: AbortController): Promise<void> {
  const { folder, clock, reserveBytes } = deps;
  try {
    const free = await freeBytes(folder);
    if (free < reserveBytes / 2) abort.abort(new AppError("exports-full", { neededBytes: reserveBytes, freeBytes: free }));
    file.seenAt = clock.now().toISOString();
    if (file.state === "running" && !abort.signal.aborted) await saveExport(folder, file);
  } catch (error) {
    // Anything else the file itself runs into, or it has passed by the next time.
    if (isErrno(error, "ENOENT")) abort.abort(new Unwanted());
  }
}

async function saveEnd({ folder, log }: CarryOutDeps, file: ExportFile): Promise<void> {
  const { id, state, rows, bytes, problem } = file;
  log.info({ export: { id, state, rows: rows.done, bytes, problem: problem?.code ?? null } }, "an export has ended");
  // One that could not say how it ended is shown as interrupted later on, by its silence.
  await saveExport(folder, file).catch((error: unknown) => {
    log.error({ err: error, export: id }, "the state of an export could not be written");
  });
}

async function problemOf({ folder, log }: CarryOutDeps, error: unknown): Promise<Problem> {
  if (isOfDisk(error, ["ENOSPC", "EDQUOT"])) {
    return new AppError("exports-full", { neededBytes: 1, freeBytes: await freeBytes(folder).catch(() => 0) }).problem;
  }
  const said = inWords(error, folder);
  if (said instanceof AppError) return said.problem;
  if (isNotReady(error)) return new AppError("export-interrupted", {}).problem;
  log.error({ err: error }, "an export failed");
  return toProblem(new AppError("unexpected", { detail: "the log of the server has the details." }));
}
