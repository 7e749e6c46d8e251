import type { Explain } from "./explain.ts";

/** Problems of the ERP's own doors: accounts, sessions, saving, and the database behind them. */
export const accountsProblems = {
  "sign-in-needed": (_: object) => ({
    happened: "You are not signed in, or no longer.",
    meaning: "Nothing was changed.",
    todo: "Sign in, then try again.",
  }),
  "role-needed": (d: { role: "owner" | "admin" | "staff" }) => ({
    happened: `Your account may not do this; it takes ${d.role === "staff" ? "a staff account" : `an ${d.role}`}.`,
    meaning: "Nothing was changed.",
    todo: "Ask an owner of this farm, who can do it or change what your account may do.",
  }),
  "foreign-origin": (d: { origin: string }) => ({
    happened: `The request came from another site (${d.origin}).`,
    meaning: "Nothing was changed.",
    todo: "Open FilaOps itself and do it there. A script sends an API token instead of a cookie.",
  }),
  "json-needed": (_: object) => ({
    happened: "The request is not JSON.",
    meaning: "Nothing was changed.",
    todo: "Send the header `content-type: application/json`.",
  }),
  "setup-done": (_: object) => ({
    happened: "This FilaOps has been set up already.",
    meaning: "Nothing was changed.",
    todo: "Sign in. If nobody knows the password, run `filaops reset-password` on the server.",
  }),
  "already-taken": (d: { what: string }) => ({
    happened: `There is already one with this ${d.what}.`,
    meaning: "Nothing was saved.",
    todo: `Choose another ${d.what}.`,
  }),
  "reference-missing": (d: { what: string }) => ({
    happened: `The ${d.what} that you chose is not there any more.`,
    meaning: "Nothing was saved.",
    todo: `Choose another ${d.what}.`,
  }),
  "last-owner": (_: object) => ({
    happened: "This is the only owner who can sign in.",
    meaning: "Nothing was saved. Without an owner nobody could look after the accounts.",
    todo: "Make somebody else an owner first.",
  }),
  "current-password-wrong": (_: object) => ({
    happened: "That is not your present password.",
    meaning: "Your password stays as it is.",
    todo: "Type your present password once more.",
  }),
  "key-reused": (_: object) => ({
    happened: "This save carries the mark of another one.",
    meaning: "Nothing was saved.",
    todo: "Reload the page, then save again.",
  }),
  "total-too-large": (_: object) => ({
    happened: "The order's total has more digits than we can keep.",
    meaning: "Nothing was saved.",
    todo: "Look at the quantities and prices of its lines.",
  }),
  "saving-paused": (_: object) => ({
    happened: "Saving is paused for a moment.",
    meaning: "Nothing was saved. You can go on reading.",
    todo: "Save again in a few seconds; pages do so by themselves.",
  }),
  "database-not-ready": (d: { reason: "database-unreachable" | "schema-mismatch" }) => ({
    happened:
      d.reason === "schema-mismatch"
        ? "The database belongs to another version of FilaOps."
        : "The database does not answer at the moment.",
    meaning: "Nothing was changed.",
    todo: "Try again in a few seconds. If it stays so, run `filaops doctor` on the server.",
  }),
} satisfies Record<string, Explain<never>>;
