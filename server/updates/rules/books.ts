import type { Books } from "../../databases/contract.ts";
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
