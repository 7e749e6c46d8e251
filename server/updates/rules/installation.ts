import { compare } from "semver";
import type { SlotName } from "../../deployment/contract.ts";
import type { Problem } from "../../platform/contract.ts";
import type { JournalEntry, Plan } from "../contract.ts";
import type { State } from "../state-contract.ts";
import { isCommitted } from "./decide.ts";
import { factsOf } from "./status.ts";

/**
 * A plan and the journal of the run that it became. `damage`: one of them is not whole, and this is what can be read; `lost`: it is the plan, and what
 * stands for it is what the journal says of it.
 */
export type RunRecord = { run: string; plan: Plan; journal: readonly JournalEntry[]; damage: Problem | null; lost?: true };

/** One replaced database that can be swapped back: the top of the stack only. */
export type Swap = {
  run: string;
  from: { version: string; schemaHead: string; slot: SlotName };
  kept: { name: string; oid: number };
  at: string;
};

/** What is installed, derived: `state.json` is the base, each commit line moves it. */
export type Installation = {
  version: string;
  schemaHead: string;
  slot: SlotName;
  database: { name: string; oid: number };
  since: string;
  highestCommitted: string;
  /** Replaced databases, the newest last. */
  stack: Swap[];
  /** Databases that an undo put aside: never swapped back, dropped after their time. */
  putAside: { name: string; oid: number; at: string }[];
  /** Versions whose last run from here did not work out. */
  failedVersions: string[];
};

/** Folds the runs, oldest first, over what was installed first. Runs without a commit line moved nothing. */
export function deriveInstallation(state: State, liveName: string, runs: readonly RunRecord[]): Installation {
  const start: Installation = {
    version: state.installed.version,
    schemaHead: state.installed.schemaHead,
    slot: state.installed.slot,
    database: { name: liveName, oid: state.installed.oid },
    since: state.installedAt,
    highestCommitted: state.highestCommitted,
    stack: [],
    putAside: [],
    failedVersions: [],
  };
  return runs.toSorted((a, b) => (a.run < b.run ? -1 : 1)).reduce(afterRun, start);
}

function afterRun(before: Installation, record: RunRecord): Installation {
  const { plan, journal, run } = record;
  if (!isCommitted(journal)) return withFailure(before, record);
  const green = factsOf(journal).green;
  const at = journal.find((entry) => entry.type === "done" && entry.step === "commit")?.at ?? plan.createdAt;
  if (green === undefined || isUnknown(record)) return before; // the first cannot be: commit refuses without it
  const replaced = { name: plan.database.kept, oid: before.database.oid };
  const undone = plan.kind === "undo";
  return {
    version: plan.to,
    ...whereItRuns(before, record),
    database: { name: before.database.name, oid: green.oid },
    since: at,
    highestCommitted: compare(plan.to, before.highestCommitted) > 0 ? plan.to : before.highestCommitted,
    stack: undone
      ? before.stack.slice(0, -1)
      : [
          ...before.stack,
          { run, from: { version: before.version, schemaHead: before.schemaHead, slot: before.slot }, kept: replaced, at },
        ],
    putAside: undone ? [...before.putAside, { ...replaced, at }] : before.putAside,
    failedVersions: before.failedVersions.filter((version) => version !== plan.to),
  };
}

/** When other data than before came in place of what was live (a fresh start, a restore, their undo); `null` when it has been the same from the beginning. */
export function dataSince(records: readonly RunRecord[]): string | null {
  const replaced = records.findLast(({ plan, journal }) => plan.endsSessions && isCommitted(journal));
  return replaced?.journal.find((entry) => entry.type === "done" && entry.step === "commit")?.at ?? null;
}

/** Of a lost plan only the journal's first line says which version it came to. */
function isUnknown({ lost, journal }: RunRecord): boolean {
  return lost === true && !journal.some((entry) => entry.type === "planned");
}

/** Who looks after what runs has to know the slot although the plan is lost: they take turns. */
function whereItRuns(before: Installation, { plan, lost }: RunRecord): Pick<Installation, "slot" | "schemaHead"> {
  if (lost !== true) return { slot: plan.slots.green, schemaHead: plan.schemaHead };
  return { slot: before.slot === "blue" ? "green" : "blue", schemaHead: before.schemaHead };
}

function withFailure(before: Installation, { plan, journal }: RunRecord): Installation {
  const finished = journal.find((entry) => entry.type === "finished");
  const bad =
    (plan.kind === "update" || plan.kind === "start_fresh") &&
    (finished?.outcome === "rolled_back" || finished?.outcome === "needs_attention");
  return bad && !before.failedVersions.includes(plan.to)
    ? { ...before, failedVersions: [...before.failedVersions, plan.to] }
    : before;
}
