import type { Actor } from "../../platform/contract.ts";
import type { HistoryItem } from "../contract.ts";
import type { RunRecord, Swap } from "./installation.ts";
import { deriveStatus } from "./status.ts";

const DAY_MS = 86_400_000;

/** One line of the history. `top` is the only swap that can be undone now. */
export function historyItem({ run, plan, journal }: RunRecord, now: { top: Swap | undefined; undoDays: number }): HistoryItem {
  const last = journal.at(-1)?.at ?? plan.createdAt;
  const status = deriveStatus(plan, journal, { progress: null, now: new Date(last) });
  const undoable = now.top?.run === run;
  return {
    run,
    kind: plan.kind,
    from: plan.from,
    to: plan.to,
    startedAt: status.startedAt,
    finishedAt: status.finishedAt,
    startedBy: actorName(status.startedBy),
    outcome: status.outcome,
    seedStatus: status.seedStatus,
    durationMs: status.finishedAt === null ? null : Date.parse(status.finishedAt) - Date.parse(status.startedAt),
    pauseMs: status.pauseMs,
    problem: status.problem,
    backup: status.backup,
    undoableUntil:
      undoable && now.top !== undefined ? new Date(Date.parse(now.top.at) + now.undoDays * DAY_MS).toISOString() : null,
    notUndoable: undoable ? null : whyNot(plan.kind, status.outcome),
  };
}

/** Who it was, as the history shows it. */
export function actorName(actor: Actor): string {
  if (actor.kind === "user") return actor.name;
  return actor.kind === "operator" ? "the command line" : "FilaOps itself";
}

function whyNot(kind: HistoryItem["kind"], outcome: HistoryItem["outcome"]): string {
  if (outcome === null) return "It is still running.";
  if (outcome !== "complete") return "Nothing was kept of it, so there is nothing to undo.";
  return kind === "undo"
    ? "To have the newer version again, update to it."
    : "Something newer stands on top of it, or it was undone already.";
}
