import type { Policy } from "../contract.ts";

/** What a row of the file is, beside what is here. */
export type RowClass = "added" | "changed" | "unchanged" | "conflict";

/** What is here already, its values in the order of the file's. `updatedAt` as ISO text in UTC. */
export type Present = { values: readonly (string | null)[]; updatedAt: string };

/**
 * A row that differs is a conflict when ours was changed after the file was exported; of a file that does not say when, each that differs is one. Columns
 * that the file has not got (`undefined`) are not compared.
 */
export function classify(
  values: readonly (string | null | undefined)[],
  present: Present | undefined,
  exportedAt: string | null,
): RowClass {
  if (present === undefined) return "added";
  const isSame = values.every((value, index) => value === undefined || value === present.values[index]);
  if (isSame) return "unchanged";
  return exportedAt === null || present.updatedAt > exportedAt ? "conflict" : "changed";
}

/** What is done with a row. */
export function actOn(what: RowClass, policy: Policy): "insert" | "update" | "leave" {
  if (what === "added") return "insert";
  if (what === "changed") return policy === "add_only" ? "leave" : "update";
  return what === "conflict" && policy === "overwrite" ? "update" : "leave";
}
