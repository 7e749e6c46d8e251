import type { Books } from "../../server/databases/contract.ts";
import type { Outcome, PublicStatus, RunKind, Status } from "../../server/updates/contract.ts";
import type { Ended } from "./change-outcomes.ts";
import { ENDS } from "./change-outcomes.ts";
import { changeOf, wordsOf } from "./change-words.ts";
import type { RunState } from "./run-view.ts";
import { stepView } from "./path-view.ts";
import { count, measured, moment, pauseWords, plural } from "./words.ts";

export type OutcomeView = {
  tone: "good" | "warn" | "danger" | "neutral";
  title: string;
  /** What it means for people's things, then what comes next. */
  sentences: readonly string[];
  /** The reason, in words; `null` when there is none or the reader may not know it. */
  reason: string | null;
  todo: string | null;
  /** What an administrator can type on the server, one after another, and what for. */
  commands: readonly { what: string; command: string }[];
  warnings: string[];
};

/** The reader's time zone when it is left out. */
type Zone = "UTC" | undefined;

/** What is said when a run has ended. Only what is known is claimed: equal books are said when they were counted. */
export function outcomeView(state: RunState, outcome: Outcome, zone?: Zone): OutcomeView {
  const reason = state.full?.problem?.happened ?? null;
  const view = { reason, todo: null, commands: [], warnings: warningsOf(state.full), ...VIEWS[outcome](state, zone) };
  return { ...view, ...stepView(state.status, outcome, view.sentences) };
}

type Words = Pick<OutcomeView, "tone" | "title"> & { sentences: readonly string[] } & Partial<Omit<OutcomeView, "sentences">>;

const VIEWS: Record<Outcome, (state: RunState, zone: Zone) => Words> = {
  complete: (state, zone) => {
    const { title, sentences } = ENDS[changeOf(state.status)].complete(ended(state, zone));
    const pause = state.full?.pauseMs ?? null;
    const paused = pause === null ? [] : [`Saving was paused for ${pauseWords(pause)}.`];
    return { tone: "good", title, sentences: [...sentences, ...paused], reason: null };
  },
  rolled_back: (state, zone) => {
    const { title, sentences } = ENDS[changeOf(state.status)].rolled_back(ended(state, zone));
    return { tone: "warn", title, sentences: [lostSentence(state.full), ...sentences] };
  },
  failed: (state, zone) => ({
    tone: "warn",
    ...ENDS[changeOf(state.status)].failed(ended(state, zone)),
    todo: todoOf(state.full),
  }),
  cancelled: (state, zone) => ({
    tone: "neutral",
    ...ENDS[changeOf(state.status)].cancelled(ended(state, zone)),
    reason: null,
  }),
  needs_attention: (state) => ({
    tone: "danger",
    title: "FilaOps needs a person.",
    sentences: attentionSentences(state),
    todo: todoOf(state.full),
    commands: [
      { what: "On the server, this says what is wrong and what to do:", command: "filaops doctor" },
      { what: "When that is put right, this lets FilaOps go on; until then nothing else begins:", command: "filaops settle" },
    ],
  }),
};

function ended({ status, full }: RunState, zone: Zone): Ended {
  const at = full?.about?.createdAt;
  return { to: status.to, from: full?.from ?? null, moment: at === undefined ? null : moment(at, zone) };
}

function lostSentence(full: Status | null): string {
  const line = full === null ? null : booksLine(full.books.before, full.books.after);
  if (line !== null) return `Nothing was lost: ${line}.`;
  return full?.problem?.meaning ?? "Your data is as it was before.";
}

function attentionSentences({ status, full }: RunState): string[] {
  if (full === null) return ["An administrator finds what is true and what to do under Settings → Updates."];
  return [
    ...(full.problem === null ? [] : [full.problem.meaning]),
    ...(full.backup === null
      ? []
      : [`The backup made before ${wordsOf(status).name} lies in the folder backups/${full.backup} of FilaOps' home.`]),
  ];
}

function warningsOf(full: Status | null): string[] {
  return (full?.warnings ?? []).map((warning) => `${warning.happened} ${warning.todo}`);
}

const todoOf = (full: Status | null) => full?.problem?.todo ?? null;

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
export function outcomeWords(
  run: Pick<PublicStatus, "kind" | "undoes">,
  outcome: Outcome | null,
): { text: string; tone: OutcomeView["tone"] | "info" } {
  switch (outcome) {
    case null:
      return { text: "Under way", tone: "info" };
    case "complete":
      return { text: wordsOf(run).complete, tone: "good" };
    case "rolled_back":
      return { text: wordsOf(run).stayed, tone: "warn" };
    case "failed":
      return { text: "Nothing was changed", tone: "warn" };
    case "cancelled":
      return { text: "Cancelled", tone: "neutral" };
    case "needs_attention":
      return { text: "Needs a person", tone: "danger" };
  }
}

function subject({ kind, undoes, about }: Status): string {
  if (about !== null) return `${kind} of the backup ${about.id} of ${about.createdAt},`;
  return undoes === null || undoes === "update" ? plain(kind) : `${kind} of a ${plain(undoes)},`;
}

function plain(kind: RunKind): string {
  return kind === "start_fresh" ? "fresh start" : kind;
}

/** The report that can be copied and sent: plain text, everything a technician asks first, nothing secret. */
export function supportReport(status: Status): string {
  const lines = [
    `FilaOps ${subject(status)} ${status.from} -> ${status.to}: ${status.outcome ?? "under way"}`,
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
