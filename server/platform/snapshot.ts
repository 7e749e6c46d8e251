import type { ClientConfig } from "pg";
import { Client } from "pg";

/** A row as PostgreSQL writes it: text, or `null`. */
export type TextRow = readonly (string | null)[];

/** The database as it was at one moment, for reading only, however long it takes and whatever is saved meanwhile. */
export type Snapshot = {
  /** All rows of a short answer. */
  query: (sql: string) => Promise<TextRow[]>;
  /** The rows of a long one, in batches of at most `size`. The next batch is asked for while the last one is worked on; no more than two are held. */
  batches: (sql: string, size: number) => AsyncGenerator<readonly TextRow[]>;
  /** Ends the connection, also in the middle of an answer, which fails then. */
  close: () => Promise<void>;
};

/** Values come as text, as the server writes them: nothing is rounded or shifted on its way through. */
const AS_TEXT = { getTypeParser: () => (value: string) => value };
/** Nobody waits for it; but one that hangs lets go at last. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Opens a connection of its own in a read-only transaction of REPEATABLE READ, in UTC; `verify` looks at the connection first. All that is read of it is
 * of one moment: that of the first question.
 */
export async function openSnapshot(config: ClientConfig, verify: (client: Client) => Promise<void>): Promise<Snapshot> {
  const client = new Client({
    ...config,
    statement_timeout: PATIENCE_MS,
    idle_in_transaction_session_timeout: PATIENCE_MS,
    keepAlive: true,
  });
  // The question on its way fails with it, which is where it is said.
  client.on("error", () => undefined);
  const ask = async (text: string) => (await client.query<(string | null)[]>({ text, rowMode: "array", types: AS_TEXT })).rows;
  try {
    await client.connect();
    await verify(client);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // All of each answer is wanted; and a server in the midst of a long sort looks whether we are still there.
    await client.query(`SET LOCAL cursor_tuple_fraction = 1; SET LOCAL client_connection_check_interval = '5s'; SET LOCAL work_mem = '64MB';
      SET LOCAL TIME ZONE 'UTC'; SET LOCAL DATESTYLE = 'ISO'; SET LOCAL extra_float_digits = 3`);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    query: ask,
    batches: (sql, size) => batchesOf(ask, { sql, size }),
    close: () => client.end().catch(() => undefined),
  };
}

type Ask = (text: string) => Promise<(string | null)[][]>;

async function* batchesOf(ask: Ask, { sql, size }: { sql: string; size: number }): AsyncGenerator<readonly TextRow[]> {
  await ask(`DECLARE snapshot_rows NO SCROLL CURSOR FOR ${sql}`);
  const next = (): Promise<(string | null)[][]> => {
    const asked = ask(`FETCH ${size} FROM snapshot_rows`);
    // Looked at when its turn comes; whoever goes away before leaves it alone.
    asked.catch(() => undefined);
    return asked;
  };
  let asked = next();
  for (;;) {
    const rows = await asked;
    if (rows.length === 0) break;
    asked = next();
    yield rows;
  }
  await ask("CLOSE snapshot_rows");
}
