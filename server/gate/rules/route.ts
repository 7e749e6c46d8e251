import type { GateMode, GateState, GateTarget } from "../contract.ts";
import type { RequestKind } from "./classify.ts";

export type Route =
  | { to: "app"; target: GateTarget }
  /** Wait for another state, then ask again. */
  | { to: "wait" }
  | { to: "page" }
  | { to: "refuse" };

/** Where a request goes in this state. Only `proxy` takes writes; a write is refused, never held. */
export function route(kind: Exclude<RequestKind, "upgrade-page">, state: Pick<GateState, "mode" | "target">): Route {
  if (kind === "write" && state.mode !== "proxy") return { to: "refuse" };
  if (state.mode === "maintenance") return { to: "page" };
  if (state.mode === "hold" || state.target === null) return { to: "wait" };
  return { to: "app", target: state.target };
}

/** Modes that send requests to a target and so cannot be without one. */
export function needsTarget(mode: GateMode): boolean {
  return mode === "proxy" || mode === "readOnly" || mode === "observe";
}

/**
 * Whether a read's answer is handed on, or thrown away and asked for again. An app that is not ready has not answered. A failure while a release
 * is watched or the database is worked on, or that came about across a change of state, says nothing about the request.
 */
export function judgeAnswer(answer: { status: number; notReady: boolean; mode: GateMode; changed: boolean }): "pass" | "again" {
  if (answer.status === 503 && answer.notReady) return "again";
  if (answer.status < 500) return "pass";
  const settled = answer.mode === "proxy" || answer.mode === "readOnly";
  return settled && !answer.changed ? "pass" : "again";
}

/** Milliseconds to wait before the next try of a read, after so many that failed. */
export function backOffMs(failed: number): number {
  return Math.min(50 * 2 ** Math.max(0, failed - 1), 250);
}
