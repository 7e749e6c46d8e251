import type { NagState, NoticeLevel } from "../../server/nag/contract.ts";
import type { Tone } from "../_ui/tone.tsx";
import { count, plural } from "./words.ts";

/** What a notice says. `act`: whether its first button updates or leads to the page that says more. */
export type NagView = {
  tone: Tone;
  title: string;
  lines: string[];
  list: { title: string; items: string[] } | null;
  act: "update" | "look";
};

const TONES: Record<NoticeLevel, Tone> = {
  none: "info",
  subtle: "info",
  warning: "warn",
  urgent: "urgent",
  critical: "danger",
};
/** A banner is read in passing; the page has all of them. */
const LONGEST_LIST = 3;

/**
 * What the banner says, calm at first; `null` when there is nothing to say. `why` is one line of the release's notes. What cannot be done here is told
 * only when it has become a warning: there is time, and the page has it.
 */
export function nagView(state: NagState, why: string | null): NagView | null {
  const { notice, offered, impossible, failedBefore } = state;
  const { level, newest } = notice;
  if (level === "none" || newest === null) return null;
  const blocked = impossible !== null || offered === null;
  if (blocked || failedBefore) return level === "subtle" ? null : blockedView(state, newest);
  const act = "update" as const;
  const about = aboutView(state);
  return { tone: TONES[level], title: titleOf(state, offered), lines: linesOf(state, why), list: about, act };
}

/** "You are 3 versions behind, for 24 days." */
export function behindSentence({ versionsBehind, daysBehind }: NagState["notice"]): string {
  return `You are ${behindWords({ versionsBehind, daysBehind })}.`;
}

/** What the cross of the banner says; `null` when it has none. */
export function closeWords(closeHours: number | null): string | null {
  if (closeHours === null) return null;
  return closeHours === 24 ? "Hide until tomorrow" : `Hide for ${count(closeHours / 24)} days`;
}

function behindWords({ versionsBehind, daysBehind }: Pick<NagState["notice"], "versionsBehind" | "daysBehind">): string {
  const versions = `${plural(versionsBehind, "version")} behind`;
  return daysBehind === 0 ? `${versions} since today` : `${versions}, for ${plural(daysBehind, "day")}`;
}

function titleOf({ notice }: NagState, offered: string): string {
  if (notice.security) return `FilaOps ${offered} closes a security hole`;
  return notice.level === "critical" ? `FilaOps is ${behindWords(notice)}` : `FilaOps ${offered} is available`;
}

function linesOf({ notice, offered }: NagState, why: string | null): string[] {
  const { level, security } = notice;
  if (level === "subtle") return why === null ? [] : [why];
  if (level === "critical" && !security) return [`Please update to ${offered ?? ""}. Your data is backed up first.`];
  return level === "warning" && !security && why !== null ? [behindSentence(notice), why] : [behindSentence(notice)];
}

function aboutView({ notice, closes, issues }: NagState): NagView["list"] {
  if (notice.security && closes.length > 0) return listOf("What it puts right:", closes);
  if (notice.level !== "urgent" && notice.level !== "critical") return null;
  if (issues.list.length === 0) return { title: "Known issues may affect you.", items: [] };
  const title = issues.kind === "known" ? "Known issues may affect you:" : "Known issues may affect you. Put right since:";
  return listOf(title, issues.list);
}

function listOf(title: string, all: readonly string[]): NagView["list"] {
  const items = [...new Set(all)];
  const left = items.length - LONGEST_LIST;
  return {
    title,
    items: left > 0 ? [...items.slice(0, LONGEST_LIST), `and ${count(left)} more`] : items,
  };
}

function blockedView(state: NagState, newest: string): NagView {
  const { notice, impossible, offered } = state;
  const tone = TONES[notice.level];
  const list = aboutView(state);
  if (impossible === null && offered !== null) {
    const text = "FilaOps went back by itself. You can try it again, or wait for the version after it.";
    return { tone, title: `FilaOps ${offered} did not work out here`, lines: [behindSentence(notice), text], list, act: "look" };
  }
  const lines = impossible === null ? [] : [impossible.happened, impossible.todo];
  return {
    tone,
    title: `FilaOps ${newest} cannot be installed here yet`,
    lines: [behindSentence(notice), ...lines],
    list,
    act: "look",
  };
}
