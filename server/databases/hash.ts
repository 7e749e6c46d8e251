import { createHash } from "node:crypto";
import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import { isProtectedColumn } from "./rules/protected.ts";
import { listProtectedTables, onSnapshot } from "./tables.ts";

/**
 * A hash over all rows of all protected tables, independent of their order: the server adds up two 64-bit hashes of each row (in parallel where
 * it likes), we hash the sums. Sums, not exclusive-or, so that a row which is there twice counts twice. For comparing a database with itself
 * at another moment: with other columns it is another hash.
 */
export async function readDataHash(client: Client): Promise<string> {
  const hash = createHash("sha256");
  await onSnapshot(client, async () => {
    for (const table of await listProtectedTables(client)) {
      const columns = table.columns.map(({ name }) => name).filter((name) => isProtectedColumn(table.name, name));
      const { rows } = await client.query<{ sums: string }>(
        `SELECT concat_ws(' ', count(*), sum(hashtextextended(r::text, 1)), sum(hashtextextended(r::text, 2))) AS sums
           FROM (SELECT ${columns.map((name) => id(name)).join(", ")} FROM public.${id(table.name)}) AS r`,
      );
      hash.update(JSON.stringify([table.name, columns, rows[0]?.sums]));
    }
  });
  return hash.digest("hex");
}
