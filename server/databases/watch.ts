import type { Client } from "pg";
import type { Clock } from "../platform/clock.ts";

const LOOK_EVERY_MS = 250;

export type Watcher = {
  /** Those who last held a lock that the watched backend waited for, in words. */
  blockers: () => string[];
  /** Whether the deadline passed and the backend's statement was cancelled. */
  isLate: () => boolean;
  stop: () => Promise<void>;
};

/** Looks at a backend from beside it: who blocks it, and whether it has worked for too long, which ends its statement. */
export function watch(observer: Client, watched: { pid: number; clock: Clock; deadlineMs: number }): Watcher {
  const { pid, clock, deadlineMs } = watched;
  const stopped = new AbortController();
  const end = clock.monotonic() + deadlineMs;
  let blockers: string[] = [];
  let late = false;

  async function look(): Promise<void> {
    while (!stopped.signal.aborted) {
      const { rows } = await observer.query<{ who: string }>(BLOCKERS, [pid]);
      if (rows.length > 0) blockers = rows.map(({ who }) => who);
      if (clock.monotonic() > end) {
        late = true;
        await observer.query("SELECT pg_cancel_backend($1)", [pid]);
      }
      await clock.sleep(LOOK_EVERY_MS, stopped.signal).catch(() => undefined);
    }
  }

  // A lost connection of the observer is the migration's problem only if its own is lost too.
  const looking = look().catch(() => undefined);
  return {
    blockers: () => blockers,
    isLate: () => late,
    async stop() {
      stopped.abort();
      await looking;
    },
  };
}

/** Sees queries of other roles only where the server lets us; pid, role and program are always there. */
const BLOCKERS = `
  SELECT format('session %s of %s%s, %s%s', pid, coalesce(usename, 'the server'),
           coalesce(' (' || nullif(application_name, '') || ')', ''),
           coalesce('open for ' || round(extract(epoch FROM clock_timestamp() - xact_start)) || ' seconds', 'at work'),
           coalesce(': ' || left(nullif(query, '<insufficient privilege>'), 80), '')) AS who
    FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1))`;
