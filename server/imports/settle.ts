import type { AppDatabase } from "../platform/db.ts";
import type { Clock } from "../platform/clock.ts";
import type { Import, Phase } from "./contract.ts";

/** Without a sign of life for so long, whoever worked on an import is gone: they say how far they are every second. */
const SILENCE_MS = 20_000;

/** Where an import really is that another process left: done if its transaction was committed, else interrupted, with nothing written. */
export async function settlePhase(
  { import: found, beatAt }: { import: Import; beatAt: string },
  { database, clock }: { database: AppDatabase; clock: Clock },
): Promise<Phase> {
  const { phase } = found;
  if (phase.kind !== "reading" && phase.kind !== "comparing" && phase.kind !== "applying") return phase;
  if (clock.now().getTime() - Date.parse(beatAt) < SILENCE_MS) return phase;
  if (phase.kind !== "applying") return { kind: "interrupted", preview: null };
  if (phase.xid === null || phase.report === null) return { kind: "interrupted", preview: phase.preview };
  const status = await statusOf(database, phase.xid);
  if (status === "in progress") return phase;
  return status === "committed" ? { kind: "done", report: phase.report } : { kind: "interrupted", preview: phase.preview };
}

/** What PostgreSQL knows of a transaction; `null` when it is none of this server's, as after a restore on another one. */
async function statusOf(database: AppDatabase, xid: string): Promise<string | null> {
  return database.session(async (client) => {
    try {
      const { rows } = await client.query<{ status: string | null }>("SELECT pg_xact_status($1::text::xid8) AS status", [xid]);
      return rows[0]?.status ?? null;
    } catch (error) {
      // 22023: a transaction that this server has not begun yet.
      if (error instanceof Error && "code" in error && error.code === "22023") return null;
      throw error;
    }
  });
}
