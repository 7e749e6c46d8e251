import type { Message, Quiet } from "../contract.ts";

type Urgency = Pick<Message, "event" | "run">;

/** Whether a message has to wait now, by the clock on the farm's wall. A test never waits: somebody sits there and looks. */
export function hasToWait(quiet: Quiet, message: Urgency, now: Date): boolean {
  if (message.event === "test" || !isQuiet(quiet, now)) return false;
  return !(quiet.urgentPasses && isUrgent(message));
}

/** From the first time up to, and not with, the second; over midnight where the second is the earlier one. */
export function isQuiet({ enabled, from, to, timeZone }: Quiet, now: Date): boolean {
  if (!enabled) return false;
  const wall = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
  return from < to ? wall >= from && wall < to : wall >= from || wall < to;
}

/** What somebody would want to be woken for, if for anything. What a person cancelled is known to that person. */
export function isUrgent({ event, run }: Urgency): boolean {
  if (event === "update.rolled_back") return run?.outcome !== "cancelled";
  return event === "needs_attention" || event === "backup.failed";
}
