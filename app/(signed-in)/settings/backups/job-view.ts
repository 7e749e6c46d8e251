import type { Progress, Status } from "../../../../server/updates/contract.ts";
import { amount, bytes, moment } from "../../../_update/words.ts";

export type JobView = {
  tone: "info" | "good" | "warn" | "danger" | "neutral";
  title: string;
  sentences: readonly string[];
};

type Job = Pick<Status, "kind" | "about" | "outcome" | "problem" | "steps" | "canCancel">;
type Zone = "UTC" | undefined;

/** A job that is under way: what it is, what it does, how far it is in what it moves. `percent` only where the whole is known. */
export function jobProgress(job: Job, zone?: Zone): { title: string; sentence: string; step: string; percent: number | null } {
  const running = job.steps.find(({ state }) => state === "running" || state === "undoing");
  const step = running === undefined ? "Getting ready" : running.title;
  const doing = running?.state === "undoing" ? `Taking back: ${step}` : step;
  const progress = running?.progress ?? null;
  return {
    title: jobTitle(job, zone),
    sentence: `${doing}${progress === null ? "" : `: ${measure(progress)}`}.`,
    step,
    percent: share(progress),
  };
}

function measure({ done, total, unit }: Progress): string {
  return `${amount(done, total, unit)}${total === null ? " so far" : ""}`;
}

function share(progress: Progress | null): number | null {
  const total = progress?.total ?? 0;
  return progress === null || total <= 0 ? null : Math.min(100, Math.floor((progress.done / total) * 100));
}

function jobTitle(job: Job, zone: Zone): string {
  if (job.kind === "verify") return `Checking ${backupName(job, zone)}`;
  if (job.kind === "drill") return `Restoring ${backupName(job, zone)} on trial`;
  if (job.kind === "offsite") return "Copying backups elsewhere";
  return "Making a backup";
}

function backupName({ about }: Job, zone: Zone): string {
  return about === null ? "a backup" : `the backup of ${moment(about.createdAt, zone)}`;
}

/** How a job ended, what it means, and what to do. */
export function jobEnd(job: Job, zone?: Zone): JobView | null {
  switch (job.outcome) {
    case null:
      return null;
    case "complete":
      return { tone: "good", ...completeWords(job, zone) };
    case "cancelled":
      return { tone: "neutral", title: `Cancelled: ${lowerFirst(jobTitle(job, zone))}.`, sentences: ["Nothing was changed."] };
    case "failed":
    case "rolled_back":
      return { tone: job.kind === "backup" ? "warn" : "danger", title: failedTitle(job, zone), sentences: problemSentences(job) };
    case "needs_attention":
      return { tone: "danger", title: "FilaOps needs a person.", sentences: [...problemSentences(job), DOCTOR] };
  }
}

const DOCTOR =
  "On the server, `filaops doctor` says what is wrong, and `filaops settle` lets FilaOps go on when it is put right.";

function completeWords(job: Job, zone: Zone): Pick<JobView, "title" | "sentences"> {
  if (job.kind === "verify") {
    return {
      title: `${upperFirst(backupName(job, zone))} is whole.`,
      sentences: ["Every byte of it was read, and every checksum held."],
    };
  }
  if (job.kind === "drill") {
    return {
      title: `${upperFirst(backupName(job, zone))} can be restored.`,
      sentences: ["It was restored aside, its books agreed to the cent, and the trial was removed again. Nobody noticed."],
    };
  }
  if (job.kind === "offsite") {
    const copied = job.steps.find(({ name }) => name === "copy-out")?.detail ?? "Everything that was to be copied is there";
    return { title: "The backups lie elsewhere, too.", sentences: [`${upperFirst(copied)}, encrypted.`] };
  }
  return madeWords(job);
}

function madeWords(job: Job): Pick<JobView, "title" | "sentences"> {
  const size = /^(\d+) bytes$/.exec(job.steps.find(({ name }) => name === "backup")?.detail ?? "")?.[1];
  const removed = job.steps.find(({ name }) => name === "retain")?.detail ?? null;
  return {
    title: "The backup is made and checked.",
    sentences: [
      size === undefined
        ? "Every byte of it was read back."
        : `It has ${bytes(Number(size))}, and every byte of it was read back.`,
      ...(removed === null ? [] : [`${upperFirst(removed)}, as your rules say.`]),
    ],
  };
}

function failedTitle(job: Job, zone: Zone): string {
  if (job.kind === "verify") return `${upperFirst(backupName(job, zone))} is not as it should be.`;
  if (job.kind === "drill") return `The trial of ${backupName(job, zone)} did not work out.`;
  if (job.kind === "offsite") return "Backups could not be copied elsewhere.";
  return "The backup did not work out.";
}

function problemSentences({ problem }: Job): string[] {
  return problem === null ? ["Your data is untouched."] : [problem.happened, problem.meaning, problem.todo];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const NEWS_MS = 10 * 60_000;

/** Whether the end of a job is worth a place on the page: what went wrong until the next job, what a person asked for while it is fresh. */
export function isNews(job: Pick<Status, "outcome" | "finishedAt" | "startedBy">, now: number): boolean {
  if (job.outcome === null) return false;
  if (job.outcome !== "complete" && job.outcome !== "cancelled") return true;
  return job.startedBy.kind !== "system" && job.finishedAt !== null && now - Date.parse(job.finishedAt) < NEWS_MS;
}
