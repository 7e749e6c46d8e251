import type { Ulid } from "../platform/contract.ts";
import { readInstallation } from "./installation.ts";
import { readRecords } from "./records.ts";
import { factsOf } from "./rules/status.ts";
import type { World } from "./world.ts";

/** The backups that runs which can still be undone were made with, or made. */
export async function referredBackups(where: Pick<World, "paths" | "config">): Promise<Ulid[]> {
  const { stack } = await readInstallation(where);
  const undoable = new Set(stack.map(({ run }) => run));
  const records = (await readRecords(where.paths)).filter(({ run }) => undoable.has(run));
  return records.flatMap(({ plan, journal }) => [factsOf(journal).backup, plan.backup?.id]).filter((id) => id !== undefined);
}
