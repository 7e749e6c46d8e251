import type { Settings } from "./contract.ts";

/** What a farm is called, and counts in, that was never told otherwise. */
export const DEFAULT_SETTINGS: Settings = { farmName: "FilaOps", currency: "EUR" };

/** Whether somebody typed a name: spaces at the ends, double spaces and capitals do not matter, and quotes of any shape are the same. */
export function isSameName(typed: string, name: string): boolean {
  return plain(typed) === plain(name);
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[’‘`´]/g, "'")
    .replace(/[“”„]/g, '"')
    .toLowerCase();
}
