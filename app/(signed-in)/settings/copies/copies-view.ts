import type { ListedBackup } from "../../../../server/backups/contract.ts";
import type { OffsiteCopy, Storage, StorageTest } from "../../../../server/offsite/contract.ts";
import type { Problem } from "../../../../server/platform/contract.ts";
import type { Outcome, Status } from "../../../../server/updates/contract.ts";
import type { Tone } from "../../../_ui/tone.tsx";
import { amount, bytes, measured, plural } from "../../../_update/words.ts";

/** Where copies go, in words that fit into a sentence. */
export function storageWords(storage: Storage): string {
  if (storage.kind === "folder") return `the folder ${storage.path}`;
  const { bucket, prefix, endpoint } = storage;
  return `the bucket ${bucket}${prefix === "" ? "" : `, folder ${prefix},`} at ${new URL(endpoint).host}`;
}

/** The same as words of their own. */
export function placeWords(storage: Storage): string {
  const words = storageWords(storage);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** What a test did, and that it worked. */
export function testWords({ bytes: size, milliseconds, clockAheadSeconds }: StorageTest, storage: Storage): string {
  const done = `FilaOps wrote ${bytes(size)} to ${storageWords(storage)}, read them back and deleted them again, in ${measured(milliseconds)}.`;
  if (clockAheadSeconds === 0) return done;
  const apart = plural(Math.abs(clockAheadSeconds), "second");
  return `${done} Its clock is ${apart} ${clockAheadSeconds > 0 ? "ahead of" : "behind"} this computer’s: look whether this one is right.`;
}

/** How a copy stands, and what comes of it where that is not plain. */
export function copyWords({ state }: Pick<OffsiteCopy, "state">): { text: string; tone: Tone; more: string | null } {
  switch (state) {
    case "whole":
      return { text: "Complete", tone: "good", more: null };
    case "unlabelled":
      return {
        text: "Not finished",
        tone: "warn",
        more: "A copying broke off here. The next one finishes it or clears it away.",
      };
    case "missing":
      return {
        text: "Damaged",
        tone: "danger",
        more: "Its content is gone or was cut off there. It is copied anew if it still lies here.",
      };
  }
}

/** What lies there in numbers: "3 copies, 240 MB". */
export function countWords(copies: readonly OffsiteCopy[]): string {
  const sum = copies.reduce((total, copy) => total + copy.bytes, 0);
  return `${plural(copies.length, "copy", "copies")}, ${bytes(sum)}`;
}

/** Of which backup the newest complete copy is; `null` when there is none. */
export function newestCopy(copies: readonly OffsiteCopy[]): { madeAt: string } | null {
  const made = copies.flatMap(({ state, label }) => (state === "whole" && label !== null ? [label.createdAt] : []));
  const madeAt = made.toSorted().at(-1);
  return madeAt === undefined ? null : { madeAt };
}

/** When something was last copied, by what is noted here; `null` when nothing ever was. */
export function lastCopiedAt(backups: readonly ListedBackup[]): string | null {
  return (
    backups
      .flatMap(({ copied }) => (copied === null ? [] : [copied.at]))
      .toSorted()
      .at(-1) ?? null
  );
}

/** Good backups here that stay and lie only here; `null` when there is none. */
export function lackingWords(
  backups: readonly (ListedBackup & { goesNext: boolean })[],
  copies: readonly OffsiteCopy[],
): string | null {
  const there = new Set(copies.filter(({ state }) => state === "whole").map(({ id }) => id));
  const good = backups.filter(({ state, goesNext }) => (state === "verified" || state === "whole") && !goesNext);
  if (good.length === 0) return "There is no backup here yet that could be copied. The next one is copied as soon as it is made.";
  const lacking = good.filter(({ id }) => !there.has(id)).length;
  if (lacking === 0) return null;
  return lacking === 1 ? "1 backup lies only on this computer." : `${lacking} backups lie only on this computer.`;
}

export type JobView =
  | { kind: "none" }
  /** Something else goes on, which a copying waits for. */
  | { kind: "busy"; sentence: string }
  | { kind: "copying"; run: string; percent: number; sentence: string; canCancel: boolean }
  | { kind: "ended"; at: string; tone: Tone; title: string; problem: Problem | null };

/** What the last job says on this page: the copying that goes on or has ended, or what is in its way. */
export function jobView(job: Status | null): JobView {
  if (job === null) return { kind: "none" };
  if (job.kind === "offsite") return job.outcome === null ? underWay(job) : ended(job, job.outcome);
  return job.outcome === null ? { kind: "busy", sentence: BUSY[job.kind] ?? OTHER_BUSY } : { kind: "none" };
}

function underWay({ run, percent, canCancel, ...job }: Status): JobView {
  const progress = copyStep(job)?.progress ?? null;
  const sentence =
    progress === null ? "Looking what is to be copied …" : `Copying: ${amount(progress.done, progress.total, progress.unit)}.`;
  return { kind: "copying", run, percent, sentence, canCancel };
}

function ended(job: Status, outcome: Outcome): JobView {
  const { problem, finishedAt, updatedAt } = job;
  const over = { kind: "ended", at: finishedAt ?? updatedAt } as const;
  if (outcome === "complete") {
    return { ...over, tone: "good", title: copiedWords(copyStep(job)?.detail ?? null), problem: null };
  }
  if (outcome === "cancelled") {
    return { ...over, tone: "neutral", title: "The copying was cancelled. Nothing unfinished was left there.", problem: null };
  }
  return { ...over, tone: "danger", title: problem?.happened ?? "The copying did not work out.", problem };
}

function copyStep({ steps }: Pick<Status, "steps">) {
  return steps.find(({ name }) => name === "copy-out");
}

const OTHER_BUSY = "Something else is under way just now. Copying can begin when it is over.";
const BUSY: Partial<Record<Status["kind"], string>> = {
  backup: "A backup is being made just now. It is copied as soon as it is there.",
  verify: "A backup is being read through just now. Copying can begin when that is over.",
  drill: "A backup is being restored on trial just now. Copying can begin when that is over.",
};

function copiedWords(detail: string | null): string {
  const count = Number(/^(\d+)/.exec(detail ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(count)) return "The copying is done.";
  if (count === 0) return "There was nothing to copy.";
  return count === 1 ? "1 backup was copied." : `${count} backups were copied.`;
}
