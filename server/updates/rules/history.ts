import type { Actor } from "../../platform/contract.ts";
import type { HistoryItem } from "../contract.ts";
import { undoEnd } from "./expired.ts";
import type { RunRecord, Swap } from "./installation.ts";
import { deriveStatus } from "./status.ts";

/** What there is to undo. `top` is the only swap that can be; `sound`: every run's plan and journal are whole. */
export type Standing = { top: Swap | undefined; sound: boolean; undoDays: number; now: Date };

/** One line of the history. */
export function historyItem({ run, plan, journal, damage }: RunRecord, standing: Standing): HistoryItem {
  const last = journal.at(-1)?.at ?? plan.createdAt;
  const status = deriveStatus(plan, journal, { progress: null, now: new Date(last) });
  const outcome = status.outcome ?? (damage === null ? null : "needs_attention");
  return {
    run,
    kind: plan.kind,
    undoes: status.undoes,
    about: status.about,
    chain: status.chain,
    from: plan.from,
    to: plan.to,
    startedAt: status.startedAt,
    finishedAt: status.finishedAt,
    startedBy: actorName(status.startedBy),
    outcome,
    seedStatus: status.outcome === null && outcome !== null ? outcome : status.seedStatus,
    durationMs: status.finishedAt === null ? null : Date.parse(status.finishedAt) - Date.parse(status.startedAt),
    pauseMs: status.pauseMs,
    problem: damage ?? status.problem,
    warnings: status.warnings,
    backup: status.backup,
    ...undoing({ run, kind: plan.kind, outcome }, standing),
  };
}

type Run = Pick<HistoryItem, "run" | "kind" | "outcome">;

function undoing(item: Run, { top, sound, undoDays, now }: Standing): Pick<HistoryItem, "undoableUntil" | "notUndoable"> {
  const not = (notUndoable: string) => ({ undoableUntil: null, notUndoable });
  if (top?.run !== item.run) return not(whyNot(item));
  const end = undoEnd(top.at, undoDays);
  if (now > end) return not("The time for undoing it is over.");
  return sound
    ? { undoableUntil: end.toISOString(), notUndoable: null }
    : not("The record of a run is damaged; `filaops doctor` on the server says which.");
}

/** Who it was, as the history shows it. */
export function actorName(actor: Actor): string {
  if (actor.kind === "user") return actor.name;
  return actor.kind === "operator" ? "the command line" : "FilaOps itself";
}

function whyNot({ kind, outcome }: Run): string {
  if (outcome === null) return "It is still running.";
  if (outcome !== "complete") return "Nothing was kept of it, so there is nothing to undo.";
  return kind === "undo"
    ? "To have the newer version again, update to it."
    : "Something newer stands on top of it, or it was undone already.";
}
