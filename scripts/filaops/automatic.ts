import { windowWords } from "../../server/updates/automatic-contract.ts";
import type { AutomaticView } from "../../server/updates/automatic-contract.ts";
import type { Answer } from "./answer.ts";
import { EXIT } from "./answer.ts";
import type { Site } from "./site.ts";

/** Lets the next night pass without the update that is announced. */
export async function notTonight(site: Site): Promise<Answer> {
  const before = automaticText(await site.updater.automatic.query());
  if (before === null) return { text: ["Nothing is announced for any night."], json: { announced: null }, exit: EXIT.ok };
  const view = await site.updater.notTonight.mutate({});
  const after = automaticText(view);
  const text = after === null ? "Nothing is installed by itself tonight." : `Not tonight. ${after}`;
  return { text: [text], json: view, exit: EXIT.ok };
}

/** What is announced to be installed by itself, in a sentence; `null` when nothing is. */
export function automaticText({ decision, settings }: AutomaticView): string | null {
  if (!("window" in decision)) return null;
  const { version, window } = decision;
  return `Version ${version} will be installed by itself ${windowWords(window, settings.timeZone)} (${settings.timeZone}).`;
}
