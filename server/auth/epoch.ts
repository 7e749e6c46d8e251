import { z } from "zod";
import { readJson } from "../platform/files.ts";

/** The one field of `state.json` that sessions go by. */
const stateSchema = z.object({ sessionEpoch: z.int().default(0) });

/** The session epoch now: raised (by a restore) it ends all sessions. It lies outside of the database, which a restore replaces. */
export async function sessionEpoch(stateFile: string | undefined): Promise<number> {
  const state = stateFile === undefined ? null : await readJson(stateFile, stateSchema);
  return state?.sessionEpoch ?? 0;
}
