import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { Login } from "../databases/connect.ts";
import { inTransaction, withConnection } from "../databases/connect.ts";
import { listHistory } from "../updates/history.ts";
import { readRecords } from "../updates/records.ts";
import { deriveStatus } from "../updates/rules/status.ts";
import type { World } from "../updates/world.ts";
import type { Row } from "./rules/rows.ts";
import { backupRow, updateRow } from "./rules/rows.ts";

/** What is on the disk, as this needs it. */
export type Disk = Pick<World, "paths" | "config" | "clock"> & { backups: Pick<World["backups"], "list"> };

type Table = { name: string; key: string; rows: readonly Row[] };

/**
 * Writes what lies on the disk, runs and backups, into the tables that index it, as the owner: what is there is brought up to date, what is
 * missing added, what the disk does not know removed. As often as one likes; after every swap, since the tables came along with a copy.
 */
export async function project(disk: Disk, target: { login: Login; database: string }): Promise<void> {
  const tables = await tablesOf(disk);
  const options = { database: target.database, applicationName: "filaops-updater", settings: { statement_timeout: "30s" } };
  await withConnection(target.login, options, (client) =>
    inTransaction(client, async () => {
      for (const table of tables) await writeTable(client, table);
    }),
  );
}

async function tablesOf(disk: Disk): Promise<Table[]> {
  const steps = new Map(
    (await readRecords(disk.paths)).map(({ run, plan, journal }) => [
      run,
      deriveStatus(plan, journal, { progress: null, now: disk.clock.now() }).steps,
    ]),
  );
  const history = await listHistory(disk);
  return [
    { name: "system_updates", key: "run", rows: history.map((item) => updateRow(item, steps.get(item.run) ?? [])) },
    { name: "system_backups", key: "filename", rows: (await disk.backups.list()).map(backupRow) },
  ];
}

/** Names the columns that both sides know: a newer schema has more, which keep their defaults, an older one may lack some of ours. */
async function writeTable(client: Client, { name, key, rows }: Table): Promise<void> {
  const known = await columnsOf(client, name);
  await client.query(`DELETE FROM ${id(name)} WHERE NOT ${id(key)} = ANY ($1)`, [rows.map((row) => row[key])]);
  for (const row of rows) {
    const columns = Object.keys(row).filter((column) => known.has(column));
    const values = columns.map((_, index) => `$${index + 1}`);
    const updates = columns.map((column) => `${id(column)} = EXCLUDED.${id(column)}`);
    await client.query(
      `INSERT INTO ${id(name)} (${columns.map((column) => id(column)).join(", ")}) VALUES (${values.join(", ")})
       ON CONFLICT (${id(key)}) DO UPDATE SET ${updates.join(", ")}`,
      columns.map((column) => row[column]),
    );
  }
}

async function columnsOf(client: Client, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
    [table],
  );
  return new Set(rows.map((row) => row.name));
}
