import type { Books } from "../../server/databases/contract.ts";
import type { Outcome, PublicStatus, RunKind, Status } from "../../server/updates/contract.ts";
import type { RunState } from "./run-view.ts";
import { count, measured, pauseWords, plural } from "./words.ts";

export type OutcomeView = {
  tone: "good" | "warn" | "danger" | "neutral";
  title: string;
  /** What it means for people's things, then what comes next. */
  sentences: string[];
  /** The reason, in words; `null` when there is none or the reader may not know it. */
  reason: string | null;
  todo: string | null;
  /** What an administrator can type on the server, one after another, and what for. */
  commands: readonly { what: string; command: string }[];
  warnings: string[];
};

/** What is said when a run has ended. Only what is known is claimed: equal books are said when they were counted. */
export function outcomeView(state: RunState, outcome: Outcome): OutcomeView {
  const reason = state.full?.problem?.happened ?? null;
  return { reason, todo: null, commands: [], warnings: warningsOf(state.full), ...VIEWS[outcome](state) };
}

type Words = Pick<OutcomeView, "tone" | "title" | "sentences"> & Partial<OutcomeView>;

const VIEWS: Record<Outcome, (state: RunState) => Words> = {
  complete: completeWords,
  rolled_back: ({ status, full }) => ({
    tone: "warn",
    title: isUndo(status)
      ? `The way back to ${status.to} did not work out, and FilaOps stayed${from("on", full)}.`
      : `The update did not work out, and FilaOps went back${from("to", full)} by itself.`,
    sentences: [
      lostSentence(full),
      isUndo(status) ? "We will not try this again by ourselves." : `We will not try ${status.to} again by ourselves.`,
    ],
  }),
  failed: ({ status, full }) => ({
    tone: "warn",
    title: isUndo(status) ? "FilaOps did not go back." : `FilaOps was not updated to ${status.to}.`,
    sentences: ["Nothing was changed, and nobody had to stop working."],
    todo: todoOf(full),
  }),
  cancelled: ({ status, full }) => ({
    tone: "neutral",
    title: isUndo(status) ? "Going back was cancelled." : "The update was cancelled.",
    sentences: [full === null ? "Nothing was changed." : `Nothing was changed. You run ${full.from}.`],
    reason: null,
  }),
  needs_attention: ({ full }) => ({
    tone: "danger",
    title: "FilaOps needs a person.",
    sentences: attentionSentences(full),
    todo: todoOf(full),
    commands: [
      { what: "On the server, this says what is wrong and what to do:", command: "filaops doctor" },
      { what: "When that is put right, this lets FilaOps go on; until then no other update begins:", command: "filaops settle" },
    ],
  }),
};

function completeWords({ status, full }: RunState): Words {
  const pause = full?.pauseMs ?? null;
  const paused = pause === null ? [] : [`Saving was paused for ${pauseWords(pause)}.`];
  if (isUndo(status)) {
    return {
      tone: "good",
      title: `FilaOps is back on ${status.to}.`,
      sentences: ["What was entered after the update is not shown any more; it is kept in a database of its own.", ...paused],
      reason: null,
    };
  }
  return {
    tone: "good",
    title: `FilaOps is now ${status.to}.`,
    sentences: ["Everything you saved is here.", ...paused],
    reason: null,
  };
}

function lostSentence(full: Status | null): string {
  const line = full === null ? null : booksLine(full.books.before, full.books.after);
  if (line !== null) return `Nothing was lost: ${line}.`;
  return full?.problem?.meaning ?? "Your data is as it was before.";
}

function attentionSentences(full: Status | null): string[] {
  if (full === null) return ["An administrator finds what is true and what to do under Settings → Updates."];
  return [
    ...(full.problem === null ? [] : [full.problem.meaning]),
    ...(full.backup === null
      ? []
      : [`The backup made before this update lies in the folder backups/${full.backup} of FilaOps' home.`]),
  ];
}

function warningsOf(full: Status | null): string[] {
  return (full?.warnings ?? []).map((warning) => `${warning.happened} ${warning.todo}`);
}

const isUndo = (status: PublicStatus) => status.kind === "undo";
const todoOf = (full: Status | null) => full?.problem?.todo ?? null;

/** " to 1.0.0"; the public status does not say where a run came from. */
function from(word: "on" | "to", full: Status | null): string {
  return full === null ? "" : ` ${word} ${full.from}`;
}

/** "4,012 orders before, 4,012 orders now", if both were counted and are equal; `null` otherwise: then there is nothing good to claim. */
export function booksLine(before: Books | null, after: Books | null): string | null {
  if (before === null || after === null) return null;
  const equal = before.tables.every((table) => rowsOf(after, table.table) === table.rows);
  const told = before.tables.find((table) => table.table === "orders") ?? before.tables[0];
  if (!equal || told === undefined) return null;
  const words = plural(told.rows, told.table.replaceAll("_", " ").replace(/s$/, ""));
  return `${words} before, ${words} now`;
}

function rowsOf(books: Books, table: string): number | undefined {
  return books.tables.find((candidate) => candidate.table === table)?.rows;
}

/** How a run ended, in the few words of a table. */
export function outcomeWords(kind: RunKind, outcome: Outcome | null): { text: string; tone: OutcomeView["tone"] | "info" } {
  switch (outcome) {
    case null:
      return { text: "Under way", tone: "info" };
    case "complete":
      return { text: kind === "undo" ? "Went back" : "Updated", tone: "good" };
    case "rolled_back":
      return { text: kind === "undo" ? "Stayed as it was" : "Went back by itself", tone: "warn" };
    case "failed":
      return { text: "Nothing was changed", tone: "warn" };
    case "cancelled":
      return { text: "Cancelled", tone: "neutral" };
    case "needs_attention":
      return { text: "Needs a person", tone: "danger" };
  }
}

/** The report that can be copied and sent: plain text, everything a technician asks first, nothing secret. */
export function supportReport(status: Status): string {
  const lines = [
    `FilaOps ${status.kind} ${status.from} -> ${status.to}: ${status.outcome ?? "under way"}`,
    `Run ${status.run}, started ${status.startedAt}, last word ${status.updatedAt}`,
    ...(status.backup === null ? [] : [`Backup ${status.backup}`]),
    "",
    ...status.steps.map((step) => `${step.state.padEnd(8)} ${step.name}${step.ms === null ? "" : ` (${measured(step.ms)})`}`),
  ];
  for (const problem of [...(status.problem === null ? [] : [status.problem]), ...status.warnings]) {
    lines.push("", `[${problem.code}] ${problem.happened}`, problem.meaning, problem.todo);
  }
  for (const [when, books] of Object.entries(status.books)) {
    if (books === null) continue;
    lines.push("", `Books ${when}: ${books.tables.map((table) => `${table.table} ${count(table.rows)}`).join(", ")}`);
  }
  return lines.join("\n");
}
