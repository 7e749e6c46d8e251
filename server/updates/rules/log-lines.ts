import type { Problem } from "../../platform/contract.ts";
import type { JournalEntry, LogLine, Plan } from "../contract.ts";
import { actorName } from "./history.ts";
import type { RunRecord } from "./installation.ts";
import { beginning } from "./run-words.ts";
import { stepTitle } from "./titles.ts";

/** A journal as sentences, one line an entry; facts stay in the journal. */
export function logLines(plan: Plan, journal: readonly JournalEntry[]): LogLine[] {
  return journal.flatMap((entry) => {
    const text = sentence(plan, entry);
    return text === null ? [] : [{ at: entry.at, text }];
  });
}

/** The same of a run whose journal or plan may be damaged, which is said at the end. */
export function recordLines({ plan, journal, damage }: RunRecord): LogLine[] {
  const lines = logLines(plan, journal);
  if (damage === null) return lines;
  return [...lines, { at: journal.at(-1)?.at ?? plan.createdAt, text: `Not all of this can be read. ${inWords(damage)}` }];
}

function inWords({ happened, todo }: Problem): string {
  return `${happened} ${todo}`;
}

function sentence(plan: Plan, entry: JournalEntry): string | null {
  if ("step" in entry) return stepSentence(entry, stepTitle(entry.step, plan));
  switch (entry.type) {
    case "planned":
      return `${beginning(plan)}, started by ${actorName(entry.actor)}.`;
    case "runner":
      return `The program that does it works (process ${entry.pid}).`;
    case "fact":
      return null;
    case "warning":
      return `Warning: ${inWords(entry.problem)}`;
    case "cancelled":
      return `Cancelled by ${actorName(entry.by)}.`;
    case "finished":
      return finishedSentence(entry);
  }
}

function finishedSentence({ outcome, problem }: Extract<JournalEntry, { type: "finished" }>): string {
  const words = {
    complete: "Complete.",
    rolled_back: "Everything is back as it was before.",
    failed: "Given up; nothing had been changed.",
    cancelled: "Cancelled; nothing had been changed.",
    needs_attention: "A person is needed.",
  };
  const afterwards =
    outcome === "needs_attention" ? " When it is put right, run `filaops settle`: until then nothing else begins." : "";
  return `${words[outcome]}${problem === null ? "" : ` ${inWords(problem)}`}${afterwards}`;
}

function stepSentence(entry: Extract<JournalEntry, { step: unknown }>, title: string): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  switch (entry.type) {
    case "started":
      return `${title} …`;
    case "done":
      return `${title}: done after ${seconds(entry.ms)}${entry.detail === undefined ? "" : ` (${entry.detail})`}.`;
    case "again":
      return `${title}: interrupted, begun again.`;
    case "failed":
      return `${title}: did not work out. ${entry.problem.happened}`;
    case "undoing":
      return `${title}: being taken back …`;
    case "undone":
      return `${title}: taken back after ${seconds(entry.ms)}.`;
    case "undo-failed":
      return `${title}: could not be taken back. ${entry.problem.happened}`;
  }
}
