import type { Export, ExportFile } from "../contract.ts";
import { EXPORT_DAYS, exportSchema } from "../contract.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Whoever makes an export says every second that it is at work. */
const SILENT_MS = 15_000;
/** How long a click, or a script's request, that is sent again is known as the same one. */
const SAME_CLICK_MS = 48 * 60 * 60 * 1000;

export function expiryOf({ startedAt }: Pick<ExportFile, "startedAt">): Date {
  return new Date(Date.parse(startedAt) + EXPORT_DAYS * DAY_MS);
}

export function isExpired(file: Pick<ExportFile, "startedAt">, now: Date): boolean {
  return expiryOf(file) <= now;
}

/** Whether nobody makes it any more, although it was not ended. */
export function isAbandoned(
  { state, seenAt, process }: ExportFile,
  { now, own }: { now: Date; /** The process that asks. */ own: string },
): boolean {
  if (state !== "running") return false;
  return process === own || now.getTime() - Date.parse(seenAt) > SILENT_MS;
}

export function isSameClick({ key, startedAt }: ExportFile, { key: asked, now }: { key: string | null; now: Date }): boolean {
  return asked !== null && key === asked && now.getTime() - Date.parse(startedAt) < SAME_CLICK_MS;
}

/** What is told of an export. */
export function viewOf(file: ExportFile): Export {
  return exportSchema.parse({ ...file, expiresAt: expiryOf(file).toISOString() });
}

/** What a browser calls the file: `filaops-export-2026-11-26-2021.zip`, by UTC. */
export function fileNameOf({ startedAt }: Pick<ExportFile, "startedAt">): string {
  const [day, time = ""] = startedAt.split("T");
  return `filaops-export-${day}-${time.slice(0, 5).replace(":", "")}.zip`;
}
