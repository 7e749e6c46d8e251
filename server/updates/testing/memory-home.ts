import { join } from "node:path";
import { makeFolder, writeAtomically } from "../../platform/files.ts";
import type { HomePaths } from "../../platform/home.ts";
import { homePaths } from "../../platform/home.ts";
import type { JournalEntry, Plan } from "../contract.ts";
import type { State } from "../state-contract.ts";
import { createJournal, openJournal } from "../journal.ts";

export type LaidOut = { run: string; plan: Plan; entries: readonly JournalEntry[] };

const FIRST_STATE: State = {
  v: 1,
  instanceId: "01KE6F00000000000000000000",
  sessionEpoch: 0,
  installedAt: "2026-01-05T08:00:00.000Z",
  installed: { version: "1.0.0", schemaHead: "1_init", slot: "blue", oid: 10 },
  highestCommitted: "1.0.0",
};

/** Writes to a folder what a home has of an installation that began with 1.0.0, and of these runs. */
export async function layOutHome(folder: string, runs: readonly LaidOut[]): Promise<HomePaths> {
  const paths = homePaths(folder);
  await makeFolder(join(paths.state, ".."));
  await writeAtomically(paths.state, JSON.stringify(FIRST_STATE));
  for (const { run, plan, entries } of runs) {
    await makeFolder(paths.update(run));
    await writeAtomically(paths.updatePlan(run), JSON.stringify(plan));
    const [first, ...others] = entries;
    if (first === undefined) continue;
    await createJournal(paths.journal(run), first);
    const journal = await openJournal(paths.journal(run), () => Promise.resolve());
    for (const entry of others) await journal.append(entry);
    await journal.close();
  }
  return paths;
}
