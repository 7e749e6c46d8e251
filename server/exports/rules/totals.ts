import type { Entity } from "../../exchange/contract.ts";
import { COLUMNS } from "../../exchange/rules/columns.ts";
import type { TextRow } from "./writing.ts";

/** What the manifest says the sums of. */
const SUMMED: Partial<Record<Entity, string>> = { orders: "total", order_lines: "line_total", items: "on_hand" };

/** Adds up a column of what is written, exactly; `null` for an entity of which nothing is summed. */
export function createSum(entity: Entity): { name: string; add: (rows: readonly TextRow[]) => void; total: () => string } | null {
  const column = SUMMED[entity];
  const place = COLUMNS[entity].findIndex(({ name }) => name === column);
  const type = COLUMNS[entity][place]?.type;
  if (column === undefined || type?.kind !== "decimal") return null;
  let sum = 0n;
  return {
    name: `${entity}.${column}`,
    add: (rows) => {
      for (const row of rows) sum += BigInt((row[place] ?? "0").replace(".", ""));
    },
    total: () => decimalOf(sum, type.places),
  };
}

/** A whole number of the smallest units as decimal text. */
export function decimalOf(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
