import { readdir } from "node:fs/promises";
import type { Problem } from "../platform/contract.ts";
import { ulidSchema } from "../platform/contract.ts";
import { AppError, isAppError } from "../platform/errors.ts";
import { isErrno, readJson } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Plan } from "./contract.ts";
import { planSchema } from "./contract.ts";
import { readJournal } from "./journal.ts";
import type { RunRecord } from "./rules/installation.ts";
import { planFromJournal } from "./rules/lost-plan.ts";
import type { State } from "./state-contract.ts";
import { stateSchema } from "./state-contract.ts";

/**
 * All runs on the disk, oldest first, for who looks: one whose journal or plan is damaged is there with what can be read of it. A folder without a
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
  const history = await journalOf(paths.journal(run));
  if (history === null) return null;
  const { journal, damage } = history;
  const plan = await planOf(paths.updatePlan(run));
  if (!("damage" in plan)) return { run, plan, journal, damage };
  return { run, plan: planFromJournal(run, journal), journal, damage: plan.damage, lost: true };
}

type History = Pick<RunRecord, "journal" | "damage">;

/** What can be read of a journal; `null` when there is none. */
async function journalOf(path: string): Promise<History | null> {
  try {
    const { entries, damage } = await readJournal(path);
    return entries.length === 0 && damage === null ? null : { journal: entries, damage: damage?.problem ?? null };
  } catch (error) {
    if (!isAppError(error, "file-unreadable")) throw error;
    return isErrno(error.cause, "ENOENT") ? null : { journal: [], damage: error.problem };
  }
}

/** A plan is written before its journal is begun, so that one that is not there was lost. */
async function planOf(path: string): Promise<Plan | { damage: Problem }> {
  try {
    const plan = await readJson(path, planSchema);
    return plan ?? { damage: new AppError("file-unreadable", { path, reason: "it is not there any more" }).problem };
  } catch (error) {
    if (!isAppError(error, "file-unreadable")) throw error;
    return { damage: error.problem };
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
