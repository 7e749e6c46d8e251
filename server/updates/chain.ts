import { z } from "zod";
import type { Actor, Problem } from "../platform/contract.ts";
import { instantSchema, problemSchema } from "../platform/contract.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { readCancelWish, wishCancel } from "./cancel.ts";
import type { ChainStatus } from "./chain-contract.ts";
import { readRecords, soundRecords } from "./records.ts";
import type { ChainMarks, NextStep } from "./rules/chain.ts";
import { chainStatus, newestStep, nextStep } from "./rules/chain.ts";

/** `updates/<run>/chain-end.json`, v1. */
const chainEndSchema = z.object({ v: z.literal(1), at: instantSchema, problem: problemSchema });

/** How the path stands that the newest change is a step of; `null` when it is none. */
export async function readChain(paths: HomePaths): Promise<ChainStatus | null> {
  const step = newestStep(await readRecords(paths));
  return step === null ? null : chainStatus(step, await marksOf(paths, step.run));
}

/** The step that is to be begun now, if any. Throws `file-unreadable` where a run's record is damaged: then nothing begins. */
export async function readNextStep(paths: HomePaths, now: Date): Promise<NextStep | null> {
  const step = newestStep(await soundRecords(paths));
  return step === null ? null : nextStep(step, await marksOf(paths, step.run), now);
}

/** The path is not gone on with, for good: whoever still wants to get there begins anew. */
export async function endChain(paths: HomePaths, after: string, { at, problem }: { at: Date; problem: Problem }): Promise<void> {
  await writeAtomically(paths.chainEnd(after), JSON.stringify({ v: 1, at: at.toISOString(), problem }));
}

/**
 * Cancels a run. Of a path, that is its end as well: also when the run itself is complete, or cannot be cancelled any more. Where the next step has begun
 * since somebody looked, that one is meant.
 */
export async function cancelStep(paths: HomePaths, run: string, actor: Actor): Promise<void> {
  const records = await readRecords(paths);
  const [meant, newest] = [records.find((record) => record.run === run), newestStep(records)];
  const path = meant?.plan.chain?.id;
  const later = path !== undefined && newest?.plan.chain?.id === path ? newest.run : run;
  await wishCancel(paths, later, actor);
}

async function marksOf(paths: HomePaths, run: string): Promise<ChainMarks> {
  const end = await readJson(paths.chainEnd(run), chainEndSchema);
  return { cancelledBy: await readCancelWish(paths, run), problem: end?.problem ?? null };
}
