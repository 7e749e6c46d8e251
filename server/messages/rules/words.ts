import type { Problem } from "../../platform/contract.ts";
import type { NoticeLevel } from "../../nag/contract.ts";

/** A run as messages speak of it. */
export type RunFact = {
  run: string;
  kind: string;
  /** A backup, a check, a trial, a copying: nothing that people work with changes. */
  isJob: boolean;
  /** As the subject of a sentence: “The update to 1.1.0”. */
  name: string;
  from: string;
  to: string;
  startedAt: string;
  startedBy: string;
  finishedAt: string | null;
  outcome: "complete" | "rolled_back" | "failed" | "cancelled" | "needs_attention" | null;
  problem: Problem | null;
  pauseMs: number | null;
};

/** Words for a message: what happened, and what there is to do. */
export type Words = { title: string; text: string };

const READY = "Your data is backed up first and the update is tried on a copy; if anything is wrong, you stay where you are.";

export function availableWords(release: { version: string; level: NoticeLevel }, installed: string): Words {
  const first = `You run FilaOps ${installed}; version ${release.version} can be installed.`;
  const asks: Record<NoticeLevel, string> = {
    none: "",
    subtle: "There is no hurry: look at what is new, and update when it suits you.",
    warning: "Please choose a quiet hour in the next days for it.",
    urgent: "It has been waiting for a while, and known issues may affect you. Please update soon.",
    critical: "It has been waiting for too long, or closes a hole that matters. Please update today.",
  };
  const title = `FilaOps ${release.version} is available`;
  const loud = release.level === "urgent" || release.level === "critical";
  return { title: loud ? `${title}: please update` : title, text: lines(first, asks[release.level], READY) };
}

export function scheduledWords({ version, when }: { version: string; when: string }, installed: string): Words {
  return {
    title: `FilaOps ${version} will be installed by itself`,
    text: lines(
      `You run FilaOps ${installed}; version ${version} will be installed ${when}.`,
      "If that does not suit you, press “Not tonight” under Settings → Updates.",
      READY,
    ),
  };
}

export function startedWords({ name, startedBy }: RunFact): Words {
  return {
    title: `${name} has begun`,
    text: lines(
      `It was started by ${startedBy}. People can go on reading; saving pauses for a moment on the way.`,
      "There is nothing to do.",
    ),
  };
}

export function endedWords(run: RunFact): Words {
  if (run.outcome === "complete") return completeWords(run);
  if (run.outcome === "needs_attention") {
    return {
      title: "FilaOps needs a person",
      text: lines(
        `${run.name} could not be brought to an end by itself.`,
        ...inWords(run.problem),
        "`filaops doctor` on the server says how things stand.",
      ),
    };
  }
  if (run.outcome === "cancelled") {
    return { title: `${run.name} was cancelled`, text: lines("Nothing was changed, and there is nothing to do.") };
  }
  return { title: `${run.name} did not work out`, text: lines(...whatIsTrue(run), ...inWords(run.problem)) };
}

export function testWords(): Words {
  return {
    title: "A test from FilaOps",
    text: "Somebody asked for this under Settings → Messages. If you can read it, messages arrive here.",
  };
}

function completeWords({ name, to, pauseMs }: RunFact): Words {
  const pause = pauseMs === null ? "" : `Saving was paused for ${seconds(pauseMs)}.`;
  return { title: `${name} is complete`, text: lines(`FilaOps is now ${to}.`, pause, "There is nothing to do.") };
}

function whatIsTrue({ isJob, outcome, from }: RunFact): string[] {
  if (isJob) return [];
  return [
    outcome === "rolled_back"
      ? `FilaOps went back to ${from} by itself, and nothing was lost.`
      : `Nothing was changed: you are on ${from} as before.`,
  ];
}

function inWords(problem: Problem | null): string[] {
  return problem === null ? [] : [problem.happened, problem.meaning, problem.todo];
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000));
  return whole === 1 ? "a second" : `${whole} seconds`;
}

/** One thought to a line; what is empty is left out. */
function lines(...parts: string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
