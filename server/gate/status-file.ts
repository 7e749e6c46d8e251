import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";
import { readJson } from "../platform/files.ts";
import type { Log } from "../platform/log.ts";
import { statusSchema } from "../updates/contract.ts";
import type { PublicStatus } from "../updates/contract.ts";
import { publicView } from "./rules/public-view.ts";

/** Not every file system tells of changes. */
const POLL_MS = 1000;

/**
 * Follows `status.json`. `current` is the last status that could be read, `null` without one; listeners hear of every change. A file that
 * cannot be read is said in the log and changes nothing: the page never shows what nobody wrote.
 */
export async function followStatus(path: string, log: Log) {
  const listeners = new Set<(status: PublicStatus | null) => void>();
  let current: PublicStatus | null = null;
  let complaint = "";
  let reading: Promise<void> | null = null;
  let again = false;

  const read = async () => {
    try {
      const status = await readJson(path, statusSchema);
      const next = status === null ? null : publicView(status);
      complaint = "";
      if (JSON.stringify(next) === JSON.stringify(current)) return;
      current = next;
      for (const listener of [...listeners]) listener(next);
    } catch (error) {
      const text = String(error);
      if (text !== complaint) log.warn({ path, err: error }, "the status cannot be read");
      complaint = text;
    }
  };
  /** One reading at a time; a change during it is read after it. */
  const look = () => {
    if (reading !== null) {
      again = true;
      return;
    }
    reading = read().finally(() => {
      reading = null;
      if (!again) return;
      again = false;
      look();
    });
  };

  await read();
  const poll = setInterval(look, POLL_MS);
  const watcher = watchFolder(path, look, log);
  return {
    current: () => current,
    subscribe: (listener: (status: PublicStatus | null) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      clearInterval(poll);
      watcher?.close();
      listeners.clear();
    },
  };
}

export type StatusFile = Awaited<ReturnType<typeof followStatus>>;

/** The folder is watched, since the file is replaced whole by a rename and a watch on it would stay with the old one. */
function watchFolder(path: string, look: () => void, log: Log): FSWatcher | null {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), (_event, changed) => {
      if (changed === null || changed === name) look();
    });
    watcher.on("error", (error) => {
      log.warn({ err: error }, "changes of the status are no longer told; it is looked at every second");
      watcher.close();
    });
    return watcher;
  } catch (error) {
    log.warn({ err: error }, "changes of the status are not told; it is looked at every second");
    return null;
  }
}
