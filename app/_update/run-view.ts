import type { Progress, PublicStatus, Status, StepStatus } from "../../server/updates/contract.ts";
import { wordsOf } from "./change-words.ts";
import { targetOf } from "./path-view.ts";
import { aboutDuration, amount, bytes, measured } from "./words.ts";

/**
 * What is known of a run: the public status, which also comes while no app runs, and the full one, which owner and admin get when the app
 * answers. `full` may be a little older than `status`.
 */
export type RunState = { status: PublicStatus; full: Status | null };

/** Joins both sources: of two runs the later one (their ids are in order), of one run the newer word for each. */
export function joinStatus(full: Status | null, seen: PublicStatus | null): RunState | null {
  if (full === null) return seen === null ? null : { status: seen, full: null };
  if (seen === null || seen.run < full.run) return { status: full, full };
  if (seen.run > full.run) return { status: seen, full: null };
  return { status: newer(full, seen) ? full : seen, full };
}

function newer(full: Status, seen: PublicStatus): boolean {
  if (full.outcome !== null || seen.outcome !== null) return full.outcome !== null;
  return full.updatedAt >= seen.updatedAt;
}

export type StepView = {
  name: string;
  title: string;
  state: StepStatus["state"];
  /** The state for people who do not see the sign before the title. */
  spoken: string;
  /** Seconds, bytes or rows; empty when there is nothing to say. */
  detail: string;
};

const SPOKEN: Record<StepStatus["state"], string> = {
  todo: "not yet",
  running: "under way",
  done: "done",
  failed: "did not work",
  undoing: "being taken back",
  undone: "taken back",
};

/** The steps as they are shown, with what is known of each. */
export function stepViews(state: RunState): StepView[] {
  return state.status.steps.map((step) => {
    const known = state.full?.steps.find((other) => other.name === step.name && other.state === step.state);
    return {
      name: step.name,
      title: step.title,
      state: step.state,
      spoken: SPOKEN[step.state],
      detail: known === undefined ? "" : stepDetail(known),
    };
  });
}

function stepDetail(step: StepStatus): string {
  const parts = [
    step.state === "running" && step.progress !== null ? progressWords(step.progress) : null,
    step.state === "running" ? null : detailWords(step.detail),
    step.ms !== null && step.state !== "todo" && step.state !== "running" ? measured(step.ms) : null,
  ];
  return parts.filter((part) => part !== null && part !== "").join(" · ");
}

/** Sizes are kept to the byte; people read them rounded. */
function detailWords(detail: string | null): string | null {
  return detail?.replace(/\b(\d+) bytes\b/g, (_, value: string) => bytes(Number(value))) ?? null;
}

function progressWords(progress: Progress): string {
  return amount(progress.done, progress.total, progress.unit);
}

/** "Updating FilaOps to 1.1.0", for the dialog and the page. */
export function runTitle(status: PublicStatus): string {
  const { goingBack, title } = wordsOf(status);
  if (status.goingBack) return goingBack;
  const { chain } = status;
  return chain === null
    ? title(status.to)
    : `${title(targetOf(chain))}, step ${chain.index + 1} of ${chain.path.length}: to ${status.to}`;
}

/** What everybody can do at this moment. */
export function peopleSentence(status: PublicStatus): string {
  switch (status.people) {
    case "all":
      return "Everybody can go on working.";
    case "read":
      return "Everybody can go on reading. Saving waits and goes on by itself in a moment.";
    case "held":
      return "Pages wait for a moment and then go on by themselves.";
  }
}

/** The bar that every signed-in person sees while a run is under way. */
export function barSentence(status: PublicStatus): string {
  const what = wordsOf(status).bar;
  switch (status.people) {
    case "all":
      return `${what}; you can go on working.`;
    case "read":
      return `${what}; you can read, saving will work again in a moment.`;
    case "held":
      return `${what}; pages wait for a moment and go on by themselves.`;
  }
}

/** The step that is under way, in words, for the live region: it changes with the step and not with the percent. */
export function spokenProgress(status: PublicStatus): string {
  const step = status.steps.find((candidate) => candidate.state === "running" || candidate.state === "undoing");
  if (step === undefined) return runTitle(status);
  return step.state === "undoing" ? `Taking back: ${step.title}` : step.title;
}

/** One line about time: what is left, or that it takes longer than measured, or that nothing was heard. `null`: nothing true can be said. */
export function timeSentence(state: RunState, now: number): string | null {
  const { status, full } = state;
  const silentMs = now - Date.parse(status.updatedAt);
  if (silentMs > status.leaseSeconds * 1000) {
    return `Nothing was heard of ${wordsOf(status).name} for ${aboutDuration(silentMs).replace("about ", "")}. It goes on by itself as soon as it can. On the server, the command filaops status says more.`;
  }
  const estimateMs = full?.estimateMs ?? null;
  if (full === null || estimateMs === null || status.goingBack) return null;
  const left = estimateMs - (now - Date.parse(full.startedAt));
  if (left > 1000) return `${capital(aboutDuration(left))} left.`;
  if (left > -0.25 * estimateMs - 2000) return "Nearly there.";
  const progress = full.steps.find((step) => step.state === "running")?.progress ?? null;
  const measure = progress === null ? "." : `: ${progressWords(progress)}.`;
  return `This takes longer than we measured. It is still under way${measure}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
