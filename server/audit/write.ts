import { open } from "node:fs/promises";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { AuditEntry } from "./contract.ts";

/** Writes an entry down. */
export type Audit = (entry: Omit<AuditEntry, "v" | "at">) => Promise<void>;

/**
 * Appends entries to the audit log, each durable when its promise is fulfilled. A disk that takes no entry is said in the service's log, with the
 * entry, and stops nothing: the way back must be open then more than ever.
 */
export function createAudit(world: { path: string; clock: Pick<Clock, "now">; log: Log }): Audit {
  return async (entry) => {
    const line: AuditEntry = { v: 1, at: world.clock.now().toISOString(), ...entry };
    try {
      await append(world.path, `${JSON.stringify(line)}\n`);
    } catch (error) {
      world.log.error({ err: error, audit: line }, "the audit log could not be written");
    }
  };
}

/** One write at the end of the file: lines of two writers do not mix. */
async function append(path: string, line: string): Promise<void> {
  const handle = await open(path, "a", 0o640);
  try {
    await handle.write(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
