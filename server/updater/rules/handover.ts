import semver from "semver";
import type { Handover } from "../../deployment/contract.ts";
import { MOST_HANDOVERS } from "../../deployment/contract.ts";

/** How long one who hands over may take before it is believed to be gone, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;

type Known = {
  /** The version of the updater that asks. */
  own: string;
  installed: string;
  last: Handover | null;
  now: Date;
};

/**
 * Whether gate and updater are to be replaced by those of the installed version. Only forwards: a newer updater reads what an older one wrote, not the
 * other way round, so that after an undo they stay. A version whose own did not come up is not tried again.
 */
export function nextHandover({ own, installed, last, now }: Known): "none" | "wait" | "start" | "give-up" {
  if (semver.compare(installed, own) <= 0) return "none";
  if (last?.version !== installed) return "start";
  if (last.state === "failed") return "none";
  // An older updater that runs after it was replaced was started by hand; it goes again.
  if (last.state === "wanted" && now.getTime() - Date.parse(last.at) < PATIENCE_MS) return "wait";
  return last.tries < MOST_HANDOVERS ? "start" : "give-up";
}
