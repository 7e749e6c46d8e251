import type { Explain } from "./explain.ts";

/** Problems of the machine itself: files, disks, processes, the network. */
export const generalProblems = {
  unexpected: (d: { detail: string }) => ({
    happened: `Something unexpected happened: ${d.detail}`,
    meaning: "We do not know of any harm to your data.",
    todo: "Try again. If it happens again, copy the details and report them.",
  }),
  "not-found": (d: { what: string }) => ({
    happened: `There is no such ${d.what}.`,
    meaning: "Nothing was changed.",
    todo: "Go back and choose from the list.",
  }),
  "disk-full": (d: { path: string; neededBytes: number; freeBytes: number }) => ({
    happened: `There is not enough disk space: ${gigabytes(d.neededBytes)} needed, ${gigabytes(d.freeBytes)} free on ${d.path}.`,
    meaning: "Your data is untouched.",
    todo: "Free some space, then try again.",
  }),
  "disk-unseen": (d: { neededBytes: number }) => ({
    happened: `It cannot be seen from here whether the database server has room for a copy of the database: ${gigabytes(d.neededBytes)} are needed there.`,
    meaning: "If it has not, the update goes back by itself, and your data is as it was.",
    todo: "Look at the free space on the database server, for example with: df -h",
  }),
  "file-unreadable": (d: { path: string; reason: string }) => ({
    happened: `The file ${d.path} cannot be read: ${d.reason}`,
    meaning: "Nothing was changed. FilaOps does not repair such a file by guessing.",
    todo: "Look at the file and its owner, or restore it from a copy.",
  }),
  "program-missing": (d: { program: string; hint: string }) => ({
    happened: `The program ${d.program} was not found on this computer.`,
    meaning: "Nothing was changed.",
    todo: d.hint,
  }),
  "program-failed": (d: { program: string; exitCode: number | null; output: string }) => ({
    happened: `${d.program} ended with ${d.exitCode === null ? "a signal" : `exit code ${d.exitCode}`}: ${d.output}`,
    meaning: "The step it belongs to did not happen.",
    todo: "The message above usually names the cause.",
  }),
  "took-too-long": (d: { what: string; seconds: number }) => ({
    happened: `${d.what} took longer than ${d.seconds} seconds and was stopped.`,
    meaning: "What it had begun was taken back.",
    todo: "Look whether this computer is very busy, then try again.",
  }),
  "config-invalid": (d: { path: string; reason: string }) => ({
    happened: `The configuration in ${d.path} is not valid: ${d.reason}`,
    meaning: "FilaOps did not start.",
    todo: "Correct the file; ARCHITECTURE.md describes every entry.",
  }),
  "service-unreachable": (d: { service: string; reason: string }) => ({
    happened: `${d.service} does not answer: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "It is started again by itself. If it stays away, run `filaops doctor` on the server.",
  }),
} satisfies Record<string, Explain<never>>;

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
