import type { AutomaticView } from "../../server/updates/automatic-contract.ts";
import { windowWords } from "../../server/updates/automatic-contract.ts";

/** "Version 1.2.0 will be installed in the night to Saturday, 28 November, between 02:00 and 05:00."; `null` when nothing is announced. */
export function plannedSentence({ decision, settings }: AutomaticView): string | null {
  if (!("window" in decision)) return null;
  return `Version ${decision.version} will be installed ${windowWords(decision.window, settings.timeZone)}.`;
}
