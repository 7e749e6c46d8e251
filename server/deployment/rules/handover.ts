import semver from "semver";
import type { Handover } from "../contract.ts";
import { MOST_HANDOVERS } from "../contract.ts";

/** How long a program may take to do its work, and how long it must then have done it without a fault, in milliseconds. */
const COME_UP_MS = 30_000;
const QUIET_MS = 2000;

/**
 * What the launcher does about the last wish for a handover: `own` is the version of what it runs. Only forwards; a wish that is fulfilled already
 * is only written down so, as after a launcher that was killed in between.
 */
export function nextHandoverStep(last: Handover | null, own: string): "none" | "hand-over" | "write-down" {
  if (last?.state !== "wanted") return "none";
  return semver.gt(last.version, own) ? "hand-over" : "write-down";
}

/**
 * A wish that lies there when a launcher starts: the one before may have been killed by the handover itself, so it counts as begun once more; at
 * last it is given up. `null` when there is nothing to begin again.
 */
export function resumeHandover(last: Handover | null, own: string): { tries: number; giveUp: boolean } | null {
  if (last === null || nextHandoverStep(last, own) !== "hand-over") return null;
  return last.tries < MOST_HANDOVERS ? { tries: last.tries + 1, giveUp: false } : { tries: last.tries, giveUp: true };
}

export type ComingUp = {
  /** How long it has been running, and for how long it has been found to do its work, in milliseconds. */
  aliveMs: number;
  wellMs: number;
  /** How often it has ended by itself. */
  deaths: number;
  /** What was wrong when it was last looked at; `null` when nothing was. */
  wrong: string | null;
};

/** Whether a program that was just started can be trusted with its work, or why not. */
export function judgeComingUp({
  aliveMs,
  wellMs,
  deaths,
  wrong,
}: ComingUp): { is: "up" | "wait" } | { is: "down"; reason: string } {
  if (deaths > 0) return { is: "down", reason: "it ended soon after it was started" };
  if (wrong === null) return { is: wellMs >= QUIET_MS ? "up" : "wait" };
  return aliveMs < COME_UP_MS ? { is: "wait" } : { is: "down", reason: wrong };
}
