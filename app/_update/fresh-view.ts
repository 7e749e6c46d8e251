import type { Books } from "../../server/databases/contract.ts";
import { plural } from "./words.ts";

const DAY_MS = 86_400_000;
/** What people think of as their data, in the order in which they name it. */
const TOLD = ["customer", "item", "order"] as const;

/** What a fresh start sets aside, in numbers: "Your 214 customers, 96 items and 4,012 orders". */
export function setAsideWords(books: Books): string {
  const parts = TOLD.map((one) => plural(books.tables.find(({ table }) => table === `${one}s`)?.rows ?? 0, one));
  return `Your ${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

/** Until when what was set aside at that time can be brought back. */
export function keptUntil(at: string, days: number): string {
  return new Date(Date.parse(at) + days * DAY_MS).toISOString();
}
