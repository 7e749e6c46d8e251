import type { PublicStatus, RunKind } from "../../updates/contract.ts";
import { isSilent } from "./public-view.ts";

export type PageWords = {
  title: string;
  /** What happens, and what it means for people's things. */
  lines: readonly string[];
  /** The step that runs, to be announced. */
  step: string | null;
  steps: PublicStatus["steps"];
  percent: number | null;
  /** Whether the way by hand is shown, where the log of the run lies in FilaOps' folder, and whether FilaOps waits to be told that all is put right. */
  manual: { log: string | null; settle: boolean } | null;
};

const PEOPLE: Record<PublicStatus["people"], string> = {
  all: "Everyone can go on working.",
  read: "You can read; saving works again in a moment.",
  held: "FilaOps answers again in a moment.",
};

type RunWords = { name: string; title: string; kept: string };

/** What a run is called here: what it is, what happens, and what becomes of the data meanwhile. */
function runWords({ kind, undoes, to }: PublicStatus): RunWords {
  const copied = "Your data is kept; an update works on a copy of it.";
  const aside = "Your data is kept; a backup is restored beside it.";
  if (kind === "restore") return { name: "restore", title: "Restoring a backup", kept: aside };
  const beside = "Your data is kept; an empty database is laid out beside it.";
  if (kind === "start_fresh") return { name: "fresh start", title: `Starting fresh with FilaOps ${to}`, kept: beside };
  if (kind !== "undo") return { name: "update", title: `Updating FilaOps to ${to}`, kept: copied };
  const kept = "Your data is kept; the database of before is brought back beside it.";
  const titles: Partial<Record<RunKind, string>> = { restore: "Undoing a restore", start_fresh: "Undoing a fresh start" };
  const title = titles[undoes ?? "update"] ?? `Going back to FilaOps ${to}`;
  return { name: "way back", title, kept };
}

/** What the page says, from the public status and the time. */
export function pageWords(status: PublicStatus | null, now: Date): PageWords {
  if (status === null) return idle();
  const log = `updates/${status.run}/output.log`;
  const running = status.steps.find((step) => step.state === "running" || step.state === "undoing");
  const { name, title, kept } = runWords(status);
  const words = { step: running?.title ?? null, steps: status.steps, percent: Math.floor(status.percent), manual: null };

  if (status.outcome === "needs_attention") {
    return {
      ...words,
      title: "FilaOps needs a person",
      lines: [
        `${name === "update" ? "An" : "A"} ${name} could not be finished and could not be taken back by itself.`,
        "Nothing of your data was deleted. The person who runs this server has to look at it.",
      ],
      step: null,
      percent: null,
      manual: { log, settle: true },
    };
  }
  if (status.outcome !== null) return idle();
  if (isSilent(status, now)) {
    return {
      ...words,
      title: `The ${name} has gone quiet`,
      lines: [
        `There has been no sign of life for ${spoken(now.getTime() - Date.parse(status.updatedAt))}. It usually goes on by itself; this page keeps looking.`,
        kept,
      ],
      manual: { log, settle: false },
    };
  }
  if (status.goingBack) {
    return {
      ...words,
      title: "FilaOps is going back",
      lines: [
        "Something was not right, so FilaOps goes back to how it was before. Nothing that you saved is lost.",
        PEOPLE[status.people],
        "You can close this window; it goes on.",
      ],
    };
  }
  return { ...words, title, lines: [PEOPLE[status.people], `You can close this window; the ${name} goes on.`] };
}

function idle(): PageWords {
  return {
    title: "FilaOps is not answering right now",
    lines: [
      "It is started again by itself, and this page comes back as soon as it answers. Your data is not touched by this.",
      "If this takes longer than a few minutes, tell the person who runs this server.",
    ],
    step: null,
    steps: [],
    percent: null,
    manual: { log: null, settle: false },
  };
}

/** A length of time as people say it. */
function spoken(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
