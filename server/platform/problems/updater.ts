import type { Explain } from "./explain.ts";

const UNDER_WAY = {
  update: "An update",
  undo: "An undo",
  restore: "A restore",
  start_fresh: "A fresh start",
  backup: "A backup",
  verify: "The check of a backup",
  drill: "The trial of a backup",
  offsite: "The copying of backups elsewhere",
} as const;

/** Problems of asking the update service: who asks, for what, and whether it can be looked up. */
export const updaterProblems = {
  "caller-unknown": (_: object) => ({
    happened: "The update service does not know who is asking.",
    meaning: "Nothing was changed.",
    todo: "Sign in again. On the server, run `filaops` as the user that FilaOps runs as.",
  }),
  "password-wrong": (_: object) => ({
    happened: "That is not your password.",
    meaning: "Nothing was changed.",
    todo: "Type it once more. It is asked for where much is at stake, so that nobody does this at a computer that you left unlocked.",
  }),
  "farm-name-wrong": (_: object) => ({
    happened: "That is not the name of your farm.",
    meaning: "Nothing was changed.",
    todo: "Type it as Settings → Farm has it. It is asked for so that this does not happen by accident.",
  }),
  "too-many-attempts": (d: { minutes: number }) => ({
    happened: "The password was wrong too many times.",
    meaning: "Nothing was changed.",
    todo: `Wait ${d.minutes} minutes, then try again.`,
  }),
  "accounts-unreachable": (_: object) => ({
    happened: "We cannot look up who is asking, since the database does not answer.",
    meaning: "Nothing was changed.",
    todo: "Try again in a minute. On the server, `filaops doctor` says what is wrong and `filaops` works without the database.",
  }),
  "input-invalid": (d: { reason: string }) => ({
    happened: `The request was not understood: ${d.reason}`,
    meaning: "Nothing was changed.",
    todo: "Reload the page, then try again.",
  }),
  "ticket-void": (_: object) => ({
    happened: "This link is good for one minute and for one use, and that was it.",
    meaning: "Nothing was changed.",
    todo: "Go back to the page that you came from and press the button again.",
  }),
  "run-under-way": (d: {
    run: string;
    kind?: "update" | "undo" | "restore" | "start_fresh" | "backup" | "verify" | "drill" | "offsite";
  }) => ({
    happened: `${UNDER_WAY[d.kind ?? "update"]} is under way just now, and only one such thing goes on at a time.`,
    meaning: "Nothing was changed.",
    todo: `Wait until it is over; \`filaops log ${d.run}\` says how far it is.`,
  }),
  "release-unknown": (d: { version: string }) => ({
    happened: `Version ${d.version} is not among the releases that were found and verified.`,
    meaning: "Nothing was changed.",
    todo: "Check for updates again, then choose a version that is offered.",
  }),
  "not-as-it-should-be": (d: { what: string; todo: string }) => ({
    happened: d.what,
    meaning: "What is in the database is not touched by this; FilaOps may stand still until it is put right.",
    todo: d.todo,
  }),
  "updater-running": (d: { path: string }) => ({
    happened: `Another update service already serves this folder (it holds ${d.path}).`,
    meaning: "Nothing was changed. Two of them would get in each other's way.",
    todo: "Leave the other one running, or stop it first.",
  }),
} satisfies Record<string, Explain<never>>;
