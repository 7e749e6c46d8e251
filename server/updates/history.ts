import { AppError } from "../platform/errors.ts";
import type { HomePaths } from "../platform/home.ts";
import type { HistoryItem, LogLine } from "./contract.ts";
import { readRecord, readRecords } from "./records.ts";
import { readInstallation } from "./installation.ts";
import { historyItem } from "./rules/history.ts";
import type { RunRecord } from "./rules/installation.ts";
import { isJob } from "./rules/kinds.ts";
import { recordLines } from "./rules/log-lines.ts";
import type { World } from "./world.ts";

/** All changes (jobs beside are none), newest first, with what can be undone and until when. */
export async function listHistory({ paths, config, clock }: Pick<World, "paths" | "config" | "clock">): Promise<HistoryItem[]> {
  const [records, installation] = [await readRecords(paths), await readInstallation({ paths, config })];
  const standing = {
    top: installation.stack.at(-1),
    sound: records.every(({ damage }) => damage === null),
    undoDays: config.undoDays,
    now: clock.now(),
  };
  const changes = records.filter(({ plan }) => !isJob(plan.kind));
  return changes.toReversed().map((record) => historyItem(record, standing));
}

/** The log of a run in people's words, from its journal. */
export async function readLog(paths: HomePaths, run: string): Promise<LogLine[]> {
  const record = await readRecord(paths, run);
  if (record === null) throw new AppError("not-found", { what: "run" });
  return recordLines(record);
}

/** The run that has begun and not ended, if there is one. One whose journal is damaged cannot be gone on with: it waits for a person. */
export async function openRun(paths: HomePaths): Promise<string | null> {
  const open = (await readRecords(paths)).filter(({ journal, damage }) => damage === null && !isFinished(journal));
  return open.at(-1)?.run ?? null;
}

/** The same without jobs beside. */
export async function openChange(paths: HomePaths): Promise<string | null> {
  const run = await openRun(paths);
  const record = run === null ? null : await readRecord(paths, run);
  return record === null || isJob(record.plan.kind) ? null : record.run;
}

function isFinished(journal: RunRecord["journal"]): boolean {
  return journal.some((entry) => entry.type === "finished");
}
