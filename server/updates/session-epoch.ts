import { writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import { readState } from "./records.ts";

/** The session epoch of `state.json`, by which sessions go: raised, it ends them all. Outside of every database, so that a restore cannot lower it. */
export type SessionEpoch = {
  read: () => Promise<number>;
  /** Durable when it returns; never lower than it was. */
  raise: (to: number) => Promise<void>;
};

export function createSessionEpoch(paths: HomePaths): SessionEpoch {
  return {
    read: async () => (await readState(paths)).sessionEpoch,
    raise: async (to) => {
      const state = await readState(paths);
      if (state.sessionEpoch >= to) return;
      await writeAtomically(paths.state, `${JSON.stringify({ ...state, sessionEpoch: to }, null, 2)}\n`);
    },
  };
}
