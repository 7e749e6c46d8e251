import type { Client } from "pg";
import { escapeIdentifier as id } from "pg";
import type { ChangesSince } from "./contract.ts";
import { isProtectedColumn } from "./rules/protected.ts";
import type { Table } from "./tables.ts";
import { listProtectedTables, onSnapshot } from "./tables.ts";

const BATCH = 5000;

type Row = { key: Buffer; hash: string; young: boolean };
type Counts = { added: number; changed: number; removed: number };

/**
 * What was entered in `live` since `kept` was replaced: both are read in the order of their keys and compared. A row counts as added or
 * changed only if it was written after the transaction `since`, so that what the migration itself wrote is not taken for people's work;
 * `null` counts every difference. Rows that a migration removed cannot be told from rows that people removed, and count as removed.
 */
export async function compareData(kept: Client, live: Client, since: string | null): Promise<ChangesSince> {
  return onSnapshot(kept, () =>
    onSnapshot(live, async () => {
      const before = await listProtectedTables(kept);
      const tables: ChangesSince["tables"] = [];
      for (const table of await listProtectedTables(live)) {
        const old = before.find(({ name }) => name === table.name);
        const columns = commonColumns(table, old);
        if (columns === null) continue;
        const counts = await countDifferences(
          old === undefined ? nothing() : readRows(kept, { table, columns, since: null }),
          readRows(live, { table, columns, since }),
        );
        tables.push({ table: table.name, ...counts });
      }
      return { tables };
    }),
  );
}

/** The columns of both, with the key first; `null` when there is no key by which rows could be told apart. */
function commonColumns(table: Table, old: Table | undefined): { keys: string[]; values: string[] } | null {
  const has = (name: string) => old === undefined || old.columns.some((column) => column.name === name);
  const names = table.columns.filter(({ name }) => has(name));
  const keys = names.filter(({ key }) => key).map(({ name }) => name);
  // That somebody looked in is no entry.
  const values = names.map(({ name }) => name).filter((name) => isProtectedColumn(table.name, name));
  return keys.length === 0 ? null : { keys, values };
}

type Reading = { table: Table; columns: { keys: string[]; values: string[] }; since: string | null };

/** All rows in the order of their keys' bytes, in batches, so that a large table does not fill our memory. */
async function* readRows(client: Client, { table, columns, since }: Reading): AsyncGenerator<Row, undefined> {
  const list = (names: string[]) => names.map((name) => id(name)).join(", ");
  // `xmin` is the transaction that wrote the row as it is now; both ages count from the present one.
  const young = since === null ? "true" : `age(xmin) < age('${BigInt(since)}'::xid8::xid)`;
  await client.query(`DECLARE data CURSOR FOR
    SELECT convert_to(ROW(${list(columns.keys)})::text, 'UTF8') AS key, md5(ROW(${list(columns.values)})::text) AS hash, ${young} AS young
      FROM public.${id(table.name)} ORDER BY 1`);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${BATCH} FROM data`);
    yield* rows;
    if (rows.length < BATCH) break;
  }
  await client.query("CLOSE data");
  return undefined;
}

/** A table that was not there had no rows. */
async function* nothing(): AsyncGenerator<Row, undefined> {
  yield* [];
  return Promise.resolve(undefined);
}

async function countDifferences(old: AsyncGenerator<Row, undefined>, live: AsyncGenerator<Row, undefined>): Promise<Counts> {
  const counts = { added: 0, changed: 0, removed: 0 };
  let [before, now] = [(await old.next()).value, (await live.next()).value];
  while (before !== undefined || now !== undefined) {
    const order = orderOf(before, now);
    const difference = differenceOf(order, before, now);
    if (difference !== null) counts[difference] += 1;
    if (order <= 0) before = (await old.next()).value;
    if (order >= 0) now = (await live.next()).value;
  }
  return counts;
}

/** Negative: the old side's row comes first, so the live side has none with its key; positive: the other way round. */
function orderOf(before: Row | undefined, now: Row | undefined): number {
  if (before === undefined) return 1;
  return now === undefined ? -1 : Buffer.compare(before.key, now.key);
}

function differenceOf(order: number, before: Row | undefined, now: Row | undefined): keyof Counts | null {
  if (order < 0) return "removed";
  if (now?.young !== true) return null;
  if (order > 0) return "added";
  return before?.hash === now.hash ? null : "changed";
}
