import type { Problem } from "../../platform/contract.ts";
import type { NoticeLevel } from "../../nag/contract.ts";
import { noticeLevelSchema } from "../../nag/contract.ts";
import type { Channel, MessageEvent, Message, Told } from "../contract.ts";
import type { RunFact, Words } from "./words.ts";
import { availableWords, endedWords, scheduledWords, startedWords } from "./words.ts";

/** How things stand, from what lies on the disk. */
export type MessageFacts = {
  /** All runs, oldest first. */
  runs: readonly RunFact[];
  installed: string;
  /** The release that is offered, and how much it matters by now. */
  release: { version: string; level: NoticeLevel } | null;
  /** What is announced to be installed by itself: when in words, and whether a person has put it off. */
  scheduled: { version: string; announcedAt: string; when: string; putOff: boolean } | null;
  /** The newest good backup is older than its schedule. */
  overdue: { lastAt: string | null; problem: Problem } | null;
};

/** Something to tell a channel. The same fact has the same key, always. */
export type Notice = Words & {
  key: string;
  channel: string;
  event: MessageEvent;
  level: NoticeLevel;
  at: string;
  /** The page that shows it. */
  path: string;
  run: Message["run"];
};

type Fact = Omit<Notice, "channel">;

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * What is to be told now, and to whom. Decided from how things stand and what was told, never from what just happened: so a restart tells nothing twice and
 * forgets nothing. What ended before a channel was there is no news to it; what still is so (a release that is offered, a backup that is overdue) is.
 */
export function whatToTell(
  facts: MessageFacts,
  { told, channels }: { told: readonly Told[]; channels: readonly Channel[] },
  now: Date,
): Notice[] {
  const known = new Set(told.map(({ key, channel }) => `${channel} ${key}`));
  const all = [...facts.runs.flatMap(ofRun), ...ofRelease(facts, now), ...ofScheduled(facts, now), ...ofOverdue(facts, now)];
  return channels.flatMap((channel) =>
    all
      .filter((fact) => wants(channel, fact) && !known.has(`${channel.id} ${fact.key}`))
      .filter((fact) => fact.event !== "backup.failed" || isFreshFailure(fact, { facts, told, channel }))
      .map((fact) => ({ ...fact, channel: channel.id })),
  );
}

/** Why something that waits to be told is not true any more; `null` while it is. */
export function overtakenBy(waiting: { key: string; event: MessageEvent }, facts: MessageFacts): string | null {
  if (waiting.event === "update.started") {
    return facts.runs.some((run) => startKey(run) === waiting.key && run.outcome === null) ? null : "It had ended by then.";
  }
  if (waiting.event === "update.available") {
    return facts.release !== null && releaseKey(facts.release) === waiting.key
      ? null
      : "It was installed, withdrawn or told anew by then.";
  }
  if (waiting.event === "update.scheduled") {
    const { scheduled } = facts;
    return scheduled !== null && !scheduled.putOff && scheduledKey(scheduled) === waiting.key
      ? null
      : "It was put off, installed or withdrawn by then.";
  }
  return waiting.event === "backup.overdue" && facts.overdue === null ? "There was a good backup by then." : null;
}

function wants({ events, level, since }: Channel, fact: Fact): boolean {
  if (!events.some((event) => event === fact.event) || fact.at < since) return false;
  return fact.event !== "update.available" || rank(fact.level) >= rank(level);
}

const startKey = ({ run }: RunFact) => `run:${run}:started`;
const endKey = ({ run }: RunFact) => `run:${run}:ended`;
const scheduledKey = ({ version, announcedAt }: { version: string; announcedAt: string }) =>
  `scheduled:${version}:${announcedAt}`;
const releaseKey = ({ version, level }: { version: string; level: NoticeLevel }) => `available:${version}:${level}`;

function ofRun(run: RunFact): Fact[] {
  const { run: id, kind, from, to, outcome } = run;
  const common = {
    level: "none" as const,
    path: `/settings/${run.isJob ? "backups" : "updates"}/${id}`,
    run: { id, kind, from, to, outcome },
  };
  if (outcome === null) {
    // A run that had ended when it was first seen has an end to tell, and its beginning is no news.
    return run.isJob ? [] : [{ ...common, ...startedWords(run), key: startKey(run), event: "update.started", at: run.startedAt }];
  }
  const event = endEvent(run, outcome);
  return event === null ? [] : [{ ...common, ...endedWords(run), key: endKey(run), event, at: run.finishedAt ?? run.startedAt }];
}

function endEvent({ isJob }: RunFact, outcome: NonNullable<RunFact["outcome"]>): MessageEvent | null {
  if (outcome === "needs_attention") return "needs_attention";
  if (isJob) return outcome === "complete" || outcome === "cancelled" ? null : "backup.failed";
  return outcome === "complete" ? "update.complete" : "update.rolled_back";
}

function ofRelease({ release, installed }: MessageFacts, now: Date): Fact[] {
  if (release === null || release.level === "none") return [];
  const { level } = release;
  const words = availableWords(release, installed);
  return [
    {
      ...words,
      key: releaseKey(release),
      event: "update.available",
      level,
      at: now.toISOString(),
      path: "/settings/updates",
      run: null,
    },
  ];
}

/** Once for each announcement. One that was put off is no news any more to whoever could still have done so. */
function ofScheduled({ scheduled, installed }: MessageFacts, now: Date): Fact[] {
  if (scheduled === null || scheduled.putOff) return [];
  const key = scheduledKey(scheduled);
  const common = { event: "update.scheduled", level: "none", path: "/settings/updates", run: null } as const;
  return [{ ...common, ...scheduledWords(scheduled, installed), key, at: now.toISOString() }];
}

/** Said once, and again every week for as long as it lasts. */
function ofOverdue({ overdue }: MessageFacts, now: Date): Fact[] {
  if (overdue === null) return [];
  const { lastAt, problem } = overdue;
  const weeks = lastAt === null ? 0 : Math.floor((now.getTime() - Date.parse(lastAt)) / WEEK_MS);
  const text = [problem.happened, problem.meaning, problem.todo].join("\n");
  const key = `overdue:${lastAt ?? "never"}:${weeks}`;
  return [
    {
      title: "Backups are overdue",
      text,
      key,
      event: "backup.overdue",
      level: "none",
      at: now.toISOString(),
      path: "/settings/backups",
      run: null,
    },
  ];
}

/**
 * A schedule tries again, and a storage that is away is asked every hour: of jobs of one kind that fail one after the other, the newest is told, and then
 * no more within a day, unless one worked out in between.
 */
function isFreshFailure(
  fact: Fact,
  { facts, told, channel }: { facts: MessageFacts; told: readonly Told[]; channel: Channel },
): boolean {
  const same = facts.runs.filter(({ kind, outcome }) => kind === fact.run?.kind && outcome !== null && outcome !== "cancelled");
  if (same.at(-1)?.run !== fact.run?.id) return false;
  const last = told.findLast(
    (one) => one.channel === channel.id && one.event === "backup.failed" && one.runKind === fact.run?.kind,
  );
  if (last === undefined || Date.parse(fact.at) - Date.parse(last.at) >= DAY_MS) return true;
  return same.some(({ outcome, finishedAt }) => outcome === "complete" && finishedAt !== null && finishedAt > last.at);
}

function rank(level: NoticeLevel): number {
  return noticeLevelSchema.options.indexOf(level);
}
