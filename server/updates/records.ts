import { readdir } from "node:fs/promises";
import { ulidSchema } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { isErrno, readJson } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { State } from "./contract.ts";
import { planSchema, stateSchema } from "./contract.ts";
import { readJournal } from "./journal.ts";
import type { RunRecord } from "./rules/installation.ts";

/**
 * All runs on the disk, oldest first, for who looks: one whose journal is damaged is there with what can be read of it. A folder without a
 * journal is a run that never began, and is passed over.
 */
export async function readRecords(paths: HomePaths): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const run of await runNames(paths)) {
    const record = await readRecord(paths, run);
    if (record !== null) records.push(record);
  }
  return records;
}

/** The same for who decides and acts by them: throws `file-unreadable` when one is damaged, since what that run did is not known. */
export async function soundRecords(paths: HomePaths): Promise<RunRecord[]> {
  const records = await readRecords(paths);
  for (const { damage } of records) {
    if (damage !== null) throw AppError.reported(damage);
  }
  return records;
}

/** One run; `null` when there is none of that name. */
export async function readRecord(paths: HomePaths, run: string): Promise<RunRecord | null> {
  const plan = await readJson(paths.updatePlan(run), planSchema);
  if (plan === null) return null;
  try {
    const { entries: journal, damage } = await readJournal(paths.journal(run));
    return journal.length === 0 && damage === null ? null : { run, plan, journal, damage: damage?.problem ?? null };
  } catch (error) {
    if (!isAppError(error, "file-unreadable")) throw error;
    return isErrno(error.cause, "ENOENT") ? null : { run, plan, journal: [], damage: error.problem };
  }
}

/** The base of what is installed; an installation without it is not one. */
export async function readState(paths: HomePaths): Promise<State> {
  const state = await readJson(paths.state, stateSchema);
  if (state === null) throw new AppError("config-invalid", { path: paths.state, reason: "the file does not exist" });
  return state;
}

async function runNames(paths: HomePaths): Promise<string[]> {
  try {
    return (await readdir(paths.updates)).filter((name) => ulidSchema.safeParse(name).success).sort();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}
