import { AppError } from "../platform/errors.ts";
import type { HomePaths } from "../platform/home.ts";
import type { HistoryItem, LogLine } from "./contract.ts";
import { readRecord, readRecords } from "./records.ts";
import { readInstallation } from "./installation.ts";
import { historyItem } from "./rules/history.ts";
import { logLines } from "./rules/log-lines.ts";
import type { World } from "./world.ts";

/** All runs, newest first, with what can be undone and until when. */
export async function listHistory(world: Pick<World, "paths" | "config">): Promise<HistoryItem[]> {
  const [records, installation] = [await readRecords(world.paths), await readInstallation(world)];
  const top = installation.stack.at(-1);
  return records.toReversed().map((record) => historyItem(record, { top, undoDays: world.config.undoDays }));
}

/** The log of a run in people's words, from its journal. */
export async function readLog(paths: HomePaths, run: string): Promise<LogLine[]> {
  const record = await readRecord(paths, run);
  if (record === null) throw new AppError("not-found", { what: "run" });
  return logLines(record.plan, record.journal);
}

/** The run that has begun and not ended, if there is one. */
export async function openRun(paths: HomePaths): Promise<string | null> {
  const open = (await readRecords(paths)).filter(({ journal }) => !journal.some((entry) => entry.type === "finished"));
  return open.at(-1)?.run ?? null;
}
