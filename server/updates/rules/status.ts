import type { Facts, JournalEntry, Outcome, Plan, Progress, SeedStatus, Status, StepName, StepStatus } from "../contract.ts";
import { isCommitted, isGoingBack } from "./decide.ts";
import { stepTitle } from "./titles.ts";

/** How long the page believes a run that says nothing, in seconds. */
export const LEASE_SECONDS = 15;

/** Shares of a run that was never measured here, in milliseconds: only their proportions matter, for the length of the bar. */
const DEFAULT_MS: Record<StepName, number> = {
  preflight: 500,
  download: 4000,
  backup: 3000,
  warm: 2000,
  pause: 500,
  copy: 1000,
  prepare: 300,
  migrate: 1500,
  verify: 3000,
  switch: 1000,
  observe: 3000,
  commit: 100,
  open: 100,
  cleanup: 500,
  "read-through": 2000,
  load: 6000,
  discard: 300,
  retain: 200,
  "copy-out": 20_000,
  "lay-empty": 300,
  "carry-over": 200,
};

const SEED_STATUS: Record<StepName, SeedStatus> = {
  preflight: "pending",
  download: "downloading",
  backup: "backing_up",
  warm: "applying",
  pause: "applying",
  copy: "applying",
  prepare: "applying",
  migrate: "migrating",
  verify: "verifying",
  switch: "restarting",
  observe: "verifying",
  commit: "verifying",
  open: "verifying",
  cleanup: "complete",
  "read-through": "verifying",
  load: "rehearsing",
  discard: "verifying",
  retain: "verifying",
  "copy-out": "backing_up",
  "lay-empty": "rehearsing",
  "carry-over": "applying",
};

/** The status that people are shown, derived from the plan, the journal and what the running step says of itself. */
export function deriveStatus(
  plan: Plan,
  journal: readonly JournalEntry[],
  live: { progress: Progress | null; now: Date },
): Status {
  const planned = journal.find((entry) => entry.type === "planned");
  const finished = journal.findLast((entry) => entry.type === "finished");
  const facts = factsOf(journal);
  const steps = plan.steps.map((step) => stepStatus(step, plan, { journal, progress: live.progress }));
  const running = finished === undefined;
  return {
    v: 1,
    run: planned?.run ?? plan.id,
    kind: plan.kind,
    ...subjectOf(plan),
    endsSessions: plan.endsSessions,
    from: plan.from,
    to: plan.to,
    ...whenAndWho(plan, planned),
    ...ending(journal, finished),
    ...(finished === undefined
      ? underWay(journal, percent(plan, steps, live.progress), steps)
      : afterwards(finished.outcome, { percent: percent(plan, steps, null), people: people(journal) })),
    updatedAt: live.now.toISOString(),
    steps,
    pauseMs: pauseMs(facts, live.now, !running),
    books: { before: facts.booksBefore ?? null, after: facts.booksAfter ?? null },
    backup: facts.backup ?? null,
    leaseSeconds: LEASE_SECONDS,
  };
}

type Entry<T extends JournalEntry["type"]> = Extract<JournalEntry, { type: T }>;

/** What a plan is about, besides its versions. */
export function subjectOf({ undoes, backup, chain }: Plan): Pick<Status, "undoes" | "about" | "chain"> {
  const about = backup === null ? null : { id: backup.id, createdAt: backup.createdAt };
  return { undoes: undoes?.kind ?? null, about, chain };
}

function whenAndWho(plan: Plan, planned: Entry<"planned"> | undefined) {
  return {
    startedAt: planned?.at ?? plan.createdAt,
    startedBy: planned?.actor ?? plan.createdBy,
    estimateMs: plan.estimate.totalMs,
  };
}

function ending(journal: readonly JournalEntry[], finished: Entry<"finished"> | undefined) {
  return {
    outcome: finished?.outcome ?? null,
    finishedAt: finished?.at ?? null,
    problem: finished === undefined ? (journal.find((entry) => entry.type === "failed")?.problem ?? null) : finished.problem,
    warnings: journal.flatMap((entry) => (entry.type === "warning" ? [entry.problem] : [])),
  };
}

function underWay(journal: readonly JournalEntry[], percent: number, steps: readonly StepStatus[]) {
  const goingBack = !isCommitted(journal) && isGoingBack(journal);
  const canCancel = !isGoingBack(journal) && !journal.some((entry) => entry.type === "started" && entry.step === "pause");
  return { seedStatus: seedStatus(steps), percent, people: people(journal), goingBack, canCancel };
}

function afterwards(outcome: Outcome, last: Pick<Status, "percent" | "people">) {
  // A run that needs a person leaves saving paused if it was; whoever was held until then reads or sees the page.
  const people: Status["people"] = outcome === "needs_attention" && last.people !== "all" ? "read" : "all";
  return {
    seedStatus: outcome,
    percent: outcome === "complete" ? 100 : last.percent,
    people,
    goingBack: false,
    canCancel: false,
  };
}

/** All facts of a journal, later ones over earlier ones. */
export function factsOf(journal: readonly JournalEntry[]): Facts {
  return Object.assign({}, ...journal.flatMap((entry) => (entry.type === "fact" ? [entry.fact] : []))) as Facts;
}

function stepStatus(
  step: StepName,
  plan: Plan,
  live: { journal: readonly JournalEntry[]; progress: Progress | null },
): StepStatus {
  const last = live.journal.findLast((entry) => "step" in entry && entry.step === step);
  const states = {
    started: "running",
    again: "running",
    done: "done",
    failed: "failed",
    undoing: "undoing",
    undone: "undone",
    "undo-failed": "undoing",
  } as const;
  const state = last === undefined || !("step" in last) ? "todo" : states[last.type];
  return {
    name: step,
    title: stepTitle(step, plan),
    state,
    ms: last?.type === "done" || last?.type === "undone" ? last.ms : null,
    progress: state === "running" ? live.progress : null,
    detail: last?.type === "done" ? (last.detail ?? null) : null,
  };
}

function percent(plan: Plan, steps: readonly StepStatus[], progress: Progress | null): number {
  const weight = (step: StepName) => plan.estimate.steps[step] ?? DEFAULT_MS[step];
  const total = steps.reduce((sum, step) => sum + weight(step.name), 0);
  const behind = steps.reduce((sum, step) => {
    if (step.state === "done") return sum + weight(step.name);
    const total = progress?.total ?? 0;
    if (step.state !== "running" || progress === null || total <= 0) return sum;
    return sum + weight(step.name) * Math.min(1, progress.done / total);
  }, 0);
  return total === 0 ? 0 : Math.min(99, Math.round((behind / total) * 100));
}

function seedStatus(steps: readonly StepStatus[]): SeedStatus {
  const current =
    steps.find((step) => step.state === "running" || step.state === "undoing") ?? steps.findLast((step) => step.state === "done");
  return current === undefined ? "pending" : SEED_STATUS[current.name];
}

/** What others can do now. While a hold lasts they wait; between pause and open they read. */
function people(journal: readonly JournalEntry[]): Status["people"] {
  if (!journal.some((entry) => entry.type === "started" && entry.step === "pause")) return "all";
  if (
    journal.some(
      (entry) => (entry.type === "done" && entry.step === "open") || (entry.type === "undone" && entry.step === "pause"),
    )
  ) {
    return "all";
  }
  const current = journal.findLast((entry) => "step" in entry);
  if (current?.type !== "started" && current?.type !== "undoing") return "read";
  return current.step === "copy" || current.step === "switch" ? "held" : "read";
}

function pauseMs(facts: Facts, now: Date, finished: boolean): number | null {
  if (facts.pausedAt === undefined) return null;
  if (facts.openedAt === undefined && finished) return null;
  const end = facts.openedAt === undefined ? now : new Date(facts.openedAt);
  return Math.max(0, end.getTime() - new Date(facts.pausedAt).getTime());
}
