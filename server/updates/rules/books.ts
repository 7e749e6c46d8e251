import type { Books, Carried } from "../../databases/contract.ts";
import type { DeclaredChange } from "../../releases/contract.ts";

/**
 * What differs between the books before and after that the release did not declare, as sentences. A table or a money column that is new
 * is no difference; one that went away is.
 */
export function undeclaredDifferences(before: Books, after: Books, declared: readonly DeclaredChange[]): string[] {
  const now = new Map(after.tables.map((table) => [table.table, table]));
  return before.tables.flatMap((was) => {
    const is = now.get(was.table);
    const change = declared.find((candidate) => candidate.table === was.table);
    if (is === undefined) return change === undefined ? [`the table ${was.table} is gone`] : [];
    return [...rowDifference(was, is, change), ...totalDifferences(was, is, change)];
  });
}

/**
 * What is wrong with the books of a database that is meant to be empty, as sentences: it must hold what the release itself begins with (`bare`), the accounts
 * and the settings that were carried over, and nothing else.
 */
export function differencesFromBare(bare: Books, carried: Carried, after: Books): string[] {
  const rows: Partial<Record<string, number>> = { users: carried.owners, settings: carried.settings };
  const strangers = after.tables
    .filter(({ table }) => !bare.tables.some((one) => one.table === table))
    .map(({ table }) => `the table ${table} was not there`);
  const expected = bare.tables.map((one) => {
    const given = rows[one.table];
    // Of what was carried over only the rows are known.
    return given === undefined ? one : { ...one, rows: given, totals: {} };
  });
  return [...undeclaredDifferences({ tables: expected }, after, []), ...strangers];
}

type Table = Books["tables"][number];

function rowDifference(was: Table, is: Table, change: DeclaredChange | undefined): string[] {
  if (was.rows === is.rows) return [];
  const expected = change === undefined ? was.rows : change.rows === undefined ? is.rows : was.rows + change.rows;
  return is.rows === expected ? [] : [`${was.table} had ${was.rows} rows and has ${is.rows}`];
}

function totalDifferences(was: Table, is: Table, change: DeclaredChange | undefined): string[] {
  return Object.entries(was.totals).flatMap(([column, total]) => {
    if (change?.columns.includes(column) === true) return [];
    const after = is.totals[column];
    if (after === undefined) return [`${was.table}.${column} is gone`];
    return sameAmount(total, after) ? [] : [`${was.table}.${column} added up to ${total} and adds up to ${after}`];
  });
}

/** Decimal texts that name the same amount: `10.50` and `10.5000`. */
function sameAmount(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

function canonical(amount: string): string {
  const text = amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount;
  return text === "-0" || text === "" ? "0" : text;
}
