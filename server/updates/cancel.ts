import { z } from "zod";
import type { Actor } from "../platform/contract.ts";
import { actorSchema, ulidSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { readRecord } from "./records.ts";

const wishSchema = z.object({ run: ulidSchema, by: actorSchema });

/** Wishes that a run be cancelled: a file of its own, since the journal has one writer. Granted only until saving is paused. */
export async function wishCancel(paths: HomePaths, run: string, by: Actor): Promise<void> {
  const record = await readRecord(paths, run);
  if (record === null) throw new AppError("not-found", { what: "run" });
  await writeAtomically(paths.cancelWish(run), JSON.stringify({ run, by }));
}

/** Who wishes to cancel this run, if anybody does. */
export async function readCancelWish(paths: HomePaths, run: string): Promise<Actor | null> {
  return (await readJson(paths.cancelWish(run), wishSchema))?.by ?? null;
}
