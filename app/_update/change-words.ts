import type { HistoryItem, PublicStatus, RunKind } from "../../server/updates/contract.ts";

/** What a run changes, as people see it. Jobs beside (a backup, a check, a trial) change nothing and never come here. */
export type Change = "update" | "undo" | "restore" | "undo-restore" | "start-fresh" | "undo-fresh";

/** The change that a run is. */
export function changeOf({ kind, undoes }: { kind: RunKind; undoes: RunKind | null }): Change {
  if (kind === "restore") return "restore";
  if (kind === "start_fresh") return "start-fresh";
  if (kind !== "undo") return "update";
  if (undoes === "start_fresh") return "undo-fresh";
  return undoes === "restore" ? "undo-restore" : "undo";
}

type ChangeWords = {
  /** With its article, inside a sentence. */
  name: string;
  /** While it is under way. */
  title: (to: string) => string;
  /** While it goes back by itself. */
  goingBack: string;
  /** When it has ended. */
  ended: (to: string) => string;
  /** For everybody who works. */
  bar: string;
  starting: string;
  cancel: string;
  /** What is pressed to take it back; `null` when it cannot be. */
  undo: string | null;
  /** In the history. */
  complete: string;
  stayed: string;
};

export const CHANGE_WORDS: Record<Change, ChangeWords> = {
  update: {
    name: "the update",
    title: (to) => `Updating FilaOps to ${to}`,
    goingBack: "Going back to the version you had",
    ended: (to) => `Update to ${to}`,
    bar: "FilaOps is being updated",
    starting: "Starting the update",
    cancel: "Cancel the update",
    undo: "Undo update",
    complete: "Updated",
    stayed: "Went back by itself",
  },
  undo: {
    name: "the way back",
    title: (to) => `Going back to FilaOps ${to}`,
    goingBack: "Staying on the version you have",
    ended: (to) => `Going back to FilaOps ${to}`,
    bar: "FilaOps goes back to an earlier version",
    starting: "Starting the way back",
    cancel: "Cancel going back",
    undo: null,
    complete: "Went back",
    stayed: "Stayed as it was",
  },
  restore: {
    name: "the restore",
    title: () => "Restoring a backup",
    goingBack: "Staying with the data you have",
    ended: () => "Restore of a backup",
    bar: "A backup of FilaOps is being restored",
    starting: "Starting the restore",
    cancel: "Cancel the restore",
    undo: "Undo restore",
    complete: "Restored",
    stayed: "Stayed as it was",
  },
  "undo-restore": {
    name: "the undo",
    title: () => "Undoing the restore",
    goingBack: "Staying with the restored data",
    ended: () => "Undo of the restore",
    bar: "The restore of a backup is being undone",
    starting: "Starting to undo the restore",
    cancel: "Cancel undoing",
    undo: null,
    complete: "Restore undone",
    stayed: "Stayed as it was",
  },
  "start-fresh": {
    name: "the fresh start",
    title: (to) => `Starting fresh with FilaOps ${to}`,
    goingBack: "Staying with the data you have",
    ended: (to) => `Fresh start with ${to}`,
    bar: "FilaOps is being started fresh",
    starting: "Beginning to start fresh",
    cancel: "Cancel the fresh start",
    undo: "Undo fresh start",
    complete: "Started fresh",
    stayed: "Stayed as it was",
  },
  "undo-fresh": {
    name: "the undo",
    title: () => "Undoing the fresh start",
    goingBack: "Staying with the data entered since",
    ended: () => "Undo of the fresh start",
    bar: "The fresh start of FilaOps is being undone",
    starting: "Starting to undo the fresh start",
    cancel: "Cancel undoing",
    undo: null,
    complete: "Fresh start undone",
    stayed: "Stayed as it was",
  },
};

/** The words of a run's change. */
export function wordsOf(run: Pick<PublicStatus, "kind" | "undoes">): ChangeWords {
  return CHANGE_WORDS[changeOf(run)];
}

/** What a line of the history is called. */
export function itemTitle(item: Pick<HistoryItem, "kind" | "undoes" | "from" | "to">): string {
  const change = changeOf(item);
  return change === "update" || change === "undo" ? `${item.from} → ${item.to}` : CHANGE_WORDS[change].ended(item.to);
}

/** The settings' page that a change belongs to: there is what to do about it. */
export function pageOf(run: Pick<PublicStatus, "kind" | "undoes">): "/settings/updates" | "/settings/backups" {
  const change = changeOf(run);
  return change === "restore" || change === "undo-restore" ? "/settings/backups" : "/settings/updates";
}
