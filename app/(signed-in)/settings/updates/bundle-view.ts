import type { BundleItem, ReceivedBundle } from "../../../../server/releases/bundle-contract.ts";
import type { Tone } from "../../../_ui/tone.tsx";

/** What became of an uploaded bundle, in a sentence. */
export function receivedWords({ bundle: { version, state, problem } }: ReceivedBundle): { text: string; tone: Tone } {
  const name = version ?? "";
  if (state === "available") return { text: `Version ${name} is available now.`, tone: "good" };
  if (state === "passed") return { text: `Version ${name} is not newer than what you run.`, tone: "info" };
  return { text: `Version ${name} is not offered. ${problem?.happened ?? ""}`.trim(), tone: "warn" };
}

/** How a bundle stands, in a word or two. */
export function stateWords({ state }: BundleItem): { text: string; tone: Tone } {
  if (state === "available") return { text: "Available", tone: "good" };
  return state === "passed" ? { text: "Not needed any more", tone: "neutral" } : { text: "Not offered", tone: "warn" };
}

/** What removing it means. */
export function removalWords({ state }: BundleItem): string {
  const back = state === "available" ? " It is not offered any more then, unless it can be downloaded." : "";
  return `The file is deleted for good.${back} Your version and your data are not touched.`;
}
