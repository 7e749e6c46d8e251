import type { ChangesSince } from "../../server/databases/contract.ts";
import type { ReleaseStatus } from "../../server/releases/contract.ts";
import type { Finding, Plan } from "../../server/updates/contract.ts";
import { aboutDuration, plural } from "./words.ts";

/** A hold beyond this is announced: the page of the gate is shown for that long. */
const LONG_HOLD_MS = 20_000;
const LONGEST_LINE = 160;

/** The first list items of the notes as plain text, for the confirmation; the whole notes are a link away. */
export function summaryLines(notes: string, most = 3): string[] {
  const items: string[] = [];
  let inside = false;
  for (const line of notes.split("\n")) {
    const begins = /^\s{0,3}(?:[-*+]|\d{1,3}[.)])\s+(.+)$/.exec(line)?.[1];
    if (begins !== undefined) items.push(begins);
    else if (inside && line.trim() !== "") items.push(`${items.pop() ?? ""} ${line.trim()}`);
    // An item goes on over further lines until an empty one.
    inside = line.trim() !== "" && items.length > 0 && (begins !== undefined || inside);
  }
  return items
    .map(plainText)
    .filter((line) => line !== "")
    .slice(0, most);
}

/** One line of Markdown without its marks; images vanish, links keep their words. */
function plainText(markdown: string): string {
  const text = markdown
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<[^>]*>/g, "")
    .replace(/[*_`~]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return text.length > LONGEST_LINE ? shortened(text) : text;
}

/** Whole sentences if one fits, else a cut between words. */
function shortened(text: string): string {
  const part = text.slice(0, LONGEST_LINE - 1);
  const sentences = /^.*[.!?](?=\s)/.exec(part)?.[0];
  return sentences ?? `${part.slice(0, Math.max(part.lastIndexOf(" "), LONGEST_LINE / 2)).trimEnd()}…`;
}

/** What the farm will notice, and from where we know: never an invented number. */
export function timeSentences(plan: Plan): string[] {
  const { estimate, kind } = plan;
  const one = kind === "restore" ? "restore" : kind === "start_fresh" ? "fresh start" : "update";
  const sentences =
    estimate.basis === "earlier-runs" && estimate.totalMs !== null
      ? [`This takes ${aboutDuration(estimate.totalMs)}, as earlier ${one}s on this computer did.`]
      : [`This is the first ${one} on this computer, so there is no measurement yet of how long it takes.`];
  sentences.push(
    estimate.pauseMs === null
      ? "Saving pauses for a short while near the end; reading goes on."
      : `Saving pauses for ${aboutDuration(estimate.pauseMs)}; reading goes on.`,
  );
  const [, ...later] = plan.chain?.path.slice(plan.chain.index) ?? [];
  if (later.length > 0) {
    sentences.push(`That is the step to ${plan.to}. How long the one to ${later.join(" and ")} takes is known only after it.`);
  }
  if (estimate.holdMs !== null && estimate.holdMs > LONG_HOLD_MS) {
    sentences.push(
      `While your data is copied, everybody sees a page that says so, for ${aboutDuration(estimate.holdMs)}. Choose a quiet hour for it.`,
    );
  }
  return sentences;
}

export type FindingsView = { blockers: Finding[]; warnings: Finding[]; passed: string };

/** What preflight found, the worst first. */
export function findingsView(findings: readonly Finding[]): FindingsView {
  const at = (level: Finding["level"]) => findings.filter((finding) => finding.level === level);
  return { blockers: at("blocker"), warnings: at("warning"), passed: `${plural(at("ok").length, "check")} passed` };
}

/** What would not be there any more, table by table, in numbers; empty when nothing was entered since. */
export function lostLines(lost: ChangesSince | null): string[] {
  return (lost?.tables ?? []).flatMap(({ table, added, changed, removed }) => {
    const one = table.replaceAll("_", " ").replace(/s$/, "");
    const many = `${one}s`;
    const parts = [
      added > 0 ? `${plural(added, one, many)} added` : null,
      changed > 0 ? `${plural(changed, one, many)} changed` : null,
      removed > 0 ? `${plural(removed, one, many)} removed` : null,
    ].filter((part) => part !== null);
    return parts.length === 0 ? [] : [parts.join(", ")];
  });
}

/** The headline of the state card. */
export function stateTitle(installed: string, releases: ReleaseStatus): string {
  switch (releases.kind) {
    case "current":
      return releases.newer?.[0] === undefined
        ? `You run ${installed}, the newest version.`
        : `FilaOps ${releases.newer[0].version} cannot be installed here yet. You run ${installed}.`;
    case "available":
      return `FilaOps ${releases.release.version} is available. You run ${installed}.`;
    case "unknown":
      return `You run ${installed}. We could not check whether there is a newer version.`;
  }
}
