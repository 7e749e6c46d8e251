import type { Release } from "../../releases/contract.ts";
import type { NoticeLevel } from "../contract.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * How much an available update matters by now: by the full days since the oldest release that was missed, and never little when a hole is closed by one of
 * them. Newest first, as they are listed.
 */
export function levelOf(missed: readonly Release[], now: Date): NoticeLevel {
  const oldest = missed.at(-1);
  if (oldest === undefined) return "none";
  const days = Math.floor((now.getTime() - Date.parse(oldest.publishedAt)) / DAY_MS);
  if (days > 60) return "critical";
  if (days > 30) return "urgent";
  const closesHole = missed.some(({ manifest }) => manifest.severity === "security");
  return days > 7 || closesHole ? "warning" : "subtle";
}
