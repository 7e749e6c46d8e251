import type { Explain } from "./explain.ts";

/** Problems of exports and of sample data. */
export const exportsProblems = {
  "export-under-way": (_: object) => ({
    happened: "An export is being made already.",
    meaning: "It goes on. No second one was begun.",
    todo: "Wait until it is done, or cancel it.",
  }),
  "export-unfinished": (_: object) => ({
    happened: "This export is not complete.",
    meaning: "There is nothing to download yet. Your data is untouched.",
    todo: "Wait until it is done; if it was interrupted, start it again.",
  }),
  "export-interrupted": (_: object) => ({
    happened: "FilaOps was restarted or updated while this export was being made.",
    meaning: "Nothing of it is kept. Your data is untouched.",
    todo: "Start it again.",
  }),
  "exports-full": (d: { neededBytes: number; freeBytes: number }) => ({
    happened: `There is not enough room on the server for the export: about ${megabytes(d.neededBytes)} are needed, ${megabytes(d.freeBytes)} are free.`,
    meaning: "Nothing of it was kept. Your data is untouched.",
    todo: "Delete exports that are not needed any more, or ask whoever looks after the server to free some space. Then start it again.",
  }),
  "exports-away": (d: { folder: string; reason: string }) => ({
    happened: `The folder for exports cannot be used: ${d.folder} (${d.reason}).`,
    meaning: "No export can be made. Everything else works as always.",
    todo: "Ask whoever looks after the server. With Docker, the app needs the line ./data/exports:/filaops/exports in compose.yaml, as the file of this version has it.",
  }),
  "farm-not-empty": (_: object) => ({
    happened: "There are customers, items or orders already.",
    meaning: "No sample data was added, so that it cannot mix with yours.",
    todo: "Sample data is for an installation in which nothing was entered yet.",
  }),
} satisfies Record<string, Explain<never>>;

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
