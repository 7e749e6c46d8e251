import type { Client } from "pg";

/** A file that a database refers to: its content lies in `FILAOPS_HOME/files` under its sha256. */
export type ReferredFile = { sha256: string; bytes: number };

/** The files that a database refers to, by their sha256; none of a database from before there were any. For whoever may read its tables. */
export async function referredFiles(client: Pick<Client, "query">): Promise<ReferredFile[]> {
  const { rows: known } = await client.query<{ known: boolean }>(
    "SELECT to_regclass('public.stored_files') IS NOT NULL AS known",
  );
  if (known[0]?.known !== true) return [];
  const { rows } = await client.query<ReferredFile>("SELECT sha256, bytes FROM public.stored_files ORDER BY sha256");
  return rows;
}
