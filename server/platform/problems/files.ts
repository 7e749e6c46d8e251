import type { Explain } from "./explain.ts";

/** Problems of uploaded files. */
export const filesProblems = {
  "file-too-large": (d: { mostBytes: number }) => ({
    happened: `The file is too large: at most ${Math.floor(d.mostBytes / 1_048_576)} MB.`,
    meaning: "Nothing of it was kept.",
    todo: "Choose a smaller one; of a picture, a smaller copy does.",
  }),
  "file-empty": (_: object) => ({
    happened: "The file is empty.",
    meaning: "Nothing was kept.",
    todo: "Look whether it is the right one, then choose it again.",
  }),
  "image-unknown": (_: object) => ({
    happened: "This is not a picture that FilaOps can show.",
    meaning: "Nothing was kept.",
    todo: "Choose a PNG, JPEG, WebP or GIF.",
  }),
  "files-full": (_: object) => ({
    happened: "There is not enough room left on the server for the file.",
    meaning: "Nothing of it was kept. What was saved before is untouched.",
    todo: "Ask whoever looks after the server to free some space, then choose the file again.",
  }),
  "files-away": (d: { folder: string; reason: string }) => ({
    happened: `The folder for files cannot be used: ${d.folder} (${d.reason}).`,
    meaning: "Nothing was kept. Everything else can be saved as always.",
    todo: "Ask whoever looks after the server to run `filaops doctor` there.",
  }),
  "files-missing": (d: { folder: string; count: number; referred: number }) => ({
    happened: `Of ${d.referred} uploaded files, ${d.count} are missing in ${d.folder}.`,
    meaning: "Their pictures and documents cannot be shown. The rest of your data is not affected.",
    todo: "Bring the folder back from a copy. Its files are named by the sha256 of their content, so copying them into it is all there is to do.",
  }),
  "file-gone": (_: object) => ({
    happened: "The content of this file is not on the server any more.",
    meaning: "The rest of your data is not affected.",
    todo: "Ask an administrator to bring it back from a backup, or add the file once more.",
  }),
} satisfies Record<string, Explain<never>>;
