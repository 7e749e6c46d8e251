import type { MessageEvent, Quiet, Target } from "../../../../server/messages/contract.ts";
import type { NoticeLevel } from "../../../../server/nag/contract.ts";
import type { DeliveryView } from "../../../../server/updater/messages-contract.ts";
import type { Tone } from "../../../_ui/tone.tsx";

export type ChannelEvent = Exclude<MessageEvent, "test">;
export type Kind = Target["kind"];

/** What may be told, in the order in which it is asked. */
export const EVENTS: { event: ChannelEvent; label: string }[] = [
  { event: "needs_attention", label: "Something needs a person" },
  { event: "update.rolled_back", label: "An update, a restore or an undo did not work out" },
  { event: "backup.failed", label: "A backup, its check or its copy did not work out" },
  { event: "backup.overdue", label: "Backups are overdue" },
  { event: "update.available", label: "An update is available" },
  { event: "update.scheduled", label: "An update will be installed by itself" },
  { event: "update.complete", label: "An update, a restore or an undo is complete" },
  { event: "update.started", label: "An update, a restore or an undo has begun" },
];

export const LEVELS: { level: Exclude<NoticeLevel, "none">; text: string }[] = [
  { level: "subtle", text: "as soon as there is one" },
  { level: "warning", text: "after a week, or at once when it closes a security hole" },
  { level: "urgent", text: "after a month" },
  { level: "critical", text: "after two months" },
];

export const KINDS: Record<Kind, { title: string; say: string }> = {
  email: { title: "E-mail", say: "By your mail provider, or a mail server of your own." },
  ntfy: { title: "ntfy", say: "To your phone, by ntfy.sh or an ntfy server of your own." },
  webhook: { title: "Webhook", say: "To a program of yours, signed so that it can check who sent it." },
};

/** Where a channel leads, for a heading. */
export function placeOf(target: Target): string {
  if (target.kind === "email") return target.to.join(", ");
  return target.kind === "webhook" ? new URL(target.url).host : `${target.topic} on ${new URL(target.server).host}`;
}

/** How many of the kinds of messages go there, as a sentence. */
export function eventsSentence(events: readonly string[]): string {
  if (events.length === EVENTS.length) return "Everything is told here.";
  const labels = EVENTS.filter(({ event }) => events.includes(event)).map(({ label }) => label);
  return labels.length === 0 ? "Nothing is told here." : `${labels.join(" · ")}.`;
}

export function quietSentence({ enabled, from, to, timeZone, urgentPasses }: Quiet): string {
  if (!enabled) return "Messages go out at any hour.";
  const rest = urgentPasses ? "What needs a person and what went wrong comes through." : "They go out afterwards.";
  return `From ${from} to ${to} (${timeZone.replaceAll("_", " ")}) messages wait. ${rest}`;
}

/** What came of a delivery, in a word or two. */
export function stateWords({ state, attempts, held }: Pick<DeliveryView, "state" | "attempts" | "held">): {
  text: string;
  tone: Tone;
} {
  switch (state) {
    case "sent":
      return { text: "Sent", tone: "good" };
    case "failed":
      return { text: "Not delivered", tone: "danger" };
    case "dropped":
      return { text: "Not sent", tone: "neutral" };
    case "sending":
      return { text: "On its way", tone: "info" };
    case "waiting":
      if (held) return { text: "Waits for the morning", tone: "neutral" };
      return attempts === 0 ? { text: "On its way", tone: "info" } : { text: "Is tried again", tone: "warn" };
  }
}
