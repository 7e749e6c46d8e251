import type { Export } from "../../../../server/exports/contract.ts";
import { amount, count } from "../../../_update/words.ts";

/** "CSV for Excel, with pictures and attachments". */
export function contentWords({ options }: Pick<Export, "options">): string {
  const { format, forExcel, withFiles, withAccounts } = options;
  const kind = format === "jsonl" ? "JSON Lines" : forExcel ? "CSV for Excel" : "CSV";
  const more = [withFiles ? "pictures and attachments" : null, withAccounts ? "users and settings" : null];
  const inside = more.filter((part) => part !== null);
  return inside.length === 0 ? kind : `${kind}, with ${inside.join(", ")}`;
}

/** How far it is; `percent` is `null` as long as nobody knows. */
export function progressOf({ rows }: Pick<Export, "rows">): { percent: number | null; sentence: string } {
  if (rows.total === 0) return { percent: null, sentence: "Looking how much there is …" };
  const percent = Math.floor((rows.done / rows.total) * 100);
  // Pictures and attachments come behind the rows and are not counted among them.
  if (rows.done >= rows.total) return { percent: 100, sentence: `All ${count(rows.total)} rows are written. Finishing …` };
  return { percent, sentence: `${amount(rows.done, rows.total, "rows")} are written.` };
}

/** What is read out of the newest one when it changes. */
export function spoken(newest: Pick<Export, "state"> | undefined): string {
  if (newest?.state === "running") return "The export is being made.";
  return newest?.state === "complete" ? "The newest export is ready to be downloaded." : "";
}

/** What of a complete one is not inside; `null` when nothing is missing. */
export function lackingWords({ lacking }: Pick<Export, "lacking">): string | null {
  if (lacking === 0) return null;
  return lacking === 1
    ? "1 picture or attachment is not inside: its content is missing on the server."
    : `${count(lacking)} pictures or attachments are not inside: their content is missing on the server.`;
}
