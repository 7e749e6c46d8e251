import type { Explain } from "./explain.ts";

/** Problems of bringing data in from a file. */
export const importsProblems = {
  "import-too-large": (d: { mostBytes: number }) => ({
    happened: `The file is too large: at most ${Math.floor(d.mostBytes / 1_073_741_824)} GB.`,
    meaning: "Nothing of it was kept, and nothing was changed.",
    todo: "Export in several parts, for example without attachments.",
  }),
  "import-unreadable": (d: { reason: string }) => ({
    happened: `The file cannot be read. ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "Download or copy the file again, whole. FilaOps takes its own exports (.zip), and CSV or JSON Lines files of other tools.",
  }),
  "import-newer": (_: object) => ({
    happened: "This file was exported by a newer version of FilaOps.",
    meaning: "Nothing was changed.",
    todo: "Update this FilaOps first, then choose the file again.",
  }),
  "import-busy": (_: object) => ({
    happened: "Another import is at work.",
    meaning: "Nothing was changed by this one.",
    todo: "Wait until it is done, then try again.",
  }),
  "import-not-now": (d: { state: string }) => ({
    happened: `This cannot be done with the import now: it is ${d.state}.`,
    meaning: "Nothing was changed.",
    todo: "Look at the import again; the page shows what can be done next.",
  }),
  "import-has-errors": (d: { count: number }) => ({
    happened: d.count === 1 ? "There is an error in the file." : `There are ${d.count} errors in the file.`,
    meaning: "Nothing was changed: an import is all or nothing.",
    todo: "Put the file right, as the list says, then upload it again.",
  }),
  "import-overtaken": (_: object) => ({
    happened: "Somebody saved the same things at the same moment.",
    meaning: "Nothing of the import was written.",
    todo: "Press Import again.",
  }),
  "import-stopped": (_: object) => ({
    happened: "FilaOps was paused while the import was at work, for example by an update.",
    meaning: "Nothing of the import was written: it is all or nothing.",
    todo: "Press Import again as soon as saving is possible.",
  }),
  "mapping-incomplete": (d: { file: string; reason: string }) => ({
    happened: `${d.file}: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "Complete the table, then go on.",
  }),
  "imports-away": (d: { folder: string; reason: string }) => ({
    happened: `The folder for imports cannot be used: ${d.folder} (${d.reason}).`,
    meaning: "Nothing was kept, and nothing was changed.",
    todo: "Ask whoever looks after the server to run `filaops doctor` there.",
  }),
} satisfies Record<string, Explain<never>>;
