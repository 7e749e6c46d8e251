import type { Outcome } from "../../server/updates/contract.ts";
import type { Change } from "./change-words.ts";

/** What is known of a change that has ended. `from`: the version before, unless only the public word is known; `moment`: of the restored backup. */
export type Ended = { to: string; from: string | null; moment: string | null };

type EndWords = { title: string; sentences: readonly string[] };

const KEPT_ASIDE = "it is kept in a database of its own.";
const NOT_AGAIN = "We will not try this again by ourselves.";
const NOTHING_CHANGED = "Nothing was changed, and nobody had to stop working.";

/**
 * How each change ends, in words: a headline, then what it means and what comes next. What stands for the data (counted or not) and how long
 * saving was paused is the caller's to add.
 */
export const ENDS: Record<Change, Record<Exclude<Outcome, "needs_attention">, (ended: Ended) => EndWords>> = {
  update: {
    complete: ({ to }) => ({ title: `FilaOps is now ${to}.`, sentences: ["Everything you saved is here."] }),
    rolled_back: ({ to, from }) => ({
      title: `The update did not work out, and FilaOps went back${from === null ? "" : ` to ${from}`} by itself.`,
      sentences: [`We will not try ${to} again by ourselves.`],
    }),
    failed: ({ to }) => ({ title: `FilaOps was not updated to ${to}.`, sentences: [NOTHING_CHANGED] }),
    cancelled: (ended) => ({ title: "The update was cancelled.", sentences: [asBefore(ended)] }),
  },
  undo: {
    complete: ({ to }) => ({
      title: `FilaOps is back on ${to}.`,
      sentences: [`What was entered after the update is not shown any more; ${KEPT_ASIDE}`],
    }),
    rolled_back: ({ to, from }) => ({
      title: `The way back to ${to} did not work out, and FilaOps stayed${from === null ? "" : ` on ${from}`}.`,
      sentences: [NOT_AGAIN],
    }),
    failed: () => ({ title: "FilaOps did not go back.", sentences: [NOTHING_CHANGED] }),
    cancelled: (ended) => ({ title: "Going back was cancelled.", sentences: [asBefore(ended)] }),
  },
  restore: {
    complete: ({ moment }) => ({
      title: `FilaOps is restored to the backup${moment === null ? "" : ` of ${moment}`}.`,
      sentences: [
        `What was entered after that backup is not shown any more; ${KEPT_ASIDE}`,
        "Everybody was signed out, and signs in with the password of that time.",
      ],
    }),
    rolled_back: () => ({
      title: "The restore did not work out, and FilaOps stayed as it was.",
      sentences: [NOT_AGAIN],
    }),
    failed: () => ({ title: "The backup was not restored.", sentences: [NOTHING_CHANGED] }),
    cancelled: () => ({ title: "The restore was cancelled.", sentences: ["Nothing was changed."] }),
  },
  "undo-restore": {
    complete: () => ({
      title: "The restore is undone.",
      sentences: [
        "What was there before it is there again.",
        `What was entered after the restore is not shown any more; ${KEPT_ASIDE}`,
        "Everybody was signed out, and signs in with the password of before the restore.",
      ],
    }),
    rolled_back: () => ({
      title: "Undoing the restore did not work out, and FilaOps stayed as it was.",
      sentences: [NOT_AGAIN],
    }),
    failed: () => ({ title: "The restore was not undone.", sentences: [NOTHING_CHANGED] }),
    cancelled: () => ({ title: "Undoing the restore was cancelled.", sentences: ["Nothing was changed."] }),
  },
  "start-fresh": {
    complete: ({ to }) => ({
      title: `FilaOps ${to} is started fresh.`,
      sentences: [
        `What was there before is not shown any more; ${KEPT_ASIDE}`,
        "Everybody was signed out. Owners sign in with the password that they have; nobody else has an account any more.",
      ],
    }),
    rolled_back: () => ({
      title: "The fresh start did not work out, and FilaOps stayed as it was.",
      sentences: [NOT_AGAIN],
    }),
    failed: () => ({ title: "FilaOps was not started fresh.", sentences: [NOTHING_CHANGED] }),
    cancelled: (ended) => ({ title: "The fresh start was cancelled.", sentences: [asBefore(ended)] }),
  },
  "undo-fresh": {
    complete: ({ to }) => ({
      title: `The fresh start is undone, and FilaOps is back on ${to}.`,
      sentences: [
        "What was there before it is there again.",
        `What was entered after the fresh start is not shown any more; ${KEPT_ASIDE}`,
        "Everybody was signed out, and signs in with the password of before the fresh start.",
      ],
    }),
    rolled_back: () => ({
      title: "Undoing the fresh start did not work out, and FilaOps stayed as it was.",
      sentences: [NOT_AGAIN],
    }),
    failed: () => ({ title: "The fresh start was not undone.", sentences: [NOTHING_CHANGED] }),
    cancelled: () => ({ title: "Undoing the fresh start was cancelled.", sentences: ["Nothing was changed."] }),
  },
};

function asBefore({ from }: Ended): string {
  return from === null ? "Nothing was changed." : `Nothing was changed. You run ${from}.`;
}
