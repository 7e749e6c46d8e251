import { gt, gte, prerelease, rcompare } from "semver";
import type { Cap } from "../../nag/contract.ts";
import type { Version } from "../../platform/contract.ts";
import type { Release, ReleaseStatus } from "../../releases/contract.ts";
import { breakingOf } from "../../releases/rules/breaking.ts";
import { capInForce } from "../../releases/rules/nag.ts";
import { passed, pathTo } from "../../releases/rules/path.ts";
import type { Announcement, AutomaticDecision, AutomaticSettings, Idle, Obstacle, Window } from "../automatic-contract.ts";
import type { Night } from "./nights.ts";
import { nextNight } from "./nights.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How long before the window a version has to be announced. */
const NOTICE_MS = DAY_MS;
/** What the feed said longer ago counts for nothing: it may have been withdrawn since. */
const FRESH_MS = DAY_MS;
/** What the feed said so long ago is good enough to begin by. */
const JUST_ASKED_MS = 10 * MINUTE_MS;
/** With less of the window left, nothing is begun: people may come to work at its end. */
const LEAST_LEFT_MS = 10 * MINUTE_MS;
/** A clock that is put right moves by less: what was written down a moment "later" than now is still meant. */
const CLOCK_STEP_MS = MINUTE_MS;

/** How things stand. Instants are as they were written down; `null` and `"unknown"` are never good enough to begin by. */
export type AutomaticFacts = {
  releases: ReleaseStatus;
  installed: Version;
  /** Of gate and update service. */
  updater: Version;
  /** The highest version that was ever installed here: nothing below it is an update. */
  highestCommitted: Version;
  /** Where any run was to lead that was ever begun here as an update or a fresh start. */
  tried: readonly Version[];
  /** What goes on or waits, so that nothing else may begin. */
  busy: "run" | "person" | "handover" | null;
  backup: "good" | "none-there" | "overdue" | "shrunk";
  cap: Cap | null | "unknown";
  announcement: Announcement | null;
  /** When somebody last saved something, as far as the gate knows. */
  lastWriteAt: string | null;
};

/**
 * What is to happen by itself, now. It starts nothing but a release that the feed lists, that is stable, reached in one step, breaks nothing, is old enough, was never begun
 * here before, and was announced a day before the window; in the window, with the feed just asked, a good backup, and nobody saving.
 */
export function decideAutomatic(settings: AutomaticSettings, facts: AutomaticFacts, now: Date): AutomaticDecision {
  if (!settings.enabled) return { kind: "off" };
  const cap = facts.cap === "unknown" ? null : capInForce(facts.cap, now);
  if (cap !== null) return nothing({ code: "cap", until: cap.until });
  const announced = validAnnouncement(facts.announcement, now);
  if (!isAnswered(facts.releases, FRESH_MS, now)) return unanswered(settings, announced, now);
  const { version, why } = candidateOf({ settings, facts, announced }, now);
  if (version === null) return nothing(why);
  if (announced?.version !== version) return { kind: "announce", version };
  const night = nightOf(settings, announced, now);
  // Further ahead than anybody can put it off.
  if (night === null) return { kind: "announce", version };
  const window = windowOf(night);
  if (now < night.start) return { kind: "announced", version, window, obstacle: lastingObstacle(facts) };
  const obstacle = obstacleIn(night, { settings, facts, announced }, now);
  return obstacle === null ? { kind: "start", version, window } : { kind: "waiting", version, window, obstacle };
}

/** The window that comes next for what is announced, or is open; `null` when nothing valid is announced. */
export function announcedNight(settings: AutomaticSettings, announcement: Announcement | null, now: Date): Night | null {
  const announced = validAnnouncement(announcement, now);
  return announced === null ? null : nightOf(settings, announced, now);
}

/** One of the future was written by a clock that was wrong then, or is now: nobody can have read it a day ago. */
function validAnnouncement(announcement: Announcement | null, now: Date): Announcement | null {
  return announcement !== null && msSince(announcement.announcedAt, now) >= -CLOCK_STEP_MS ? announcement : null;
}

function nightOf(settings: AutomaticSettings, { announcedAt, notBefore }: Announcement, now: Date): Night | null {
  const least = Math.max(Date.parse(announcedAt) + NOTICE_MS, notBefore === null ? 0 : Date.parse(notBefore));
  return nextNight(settings, now, new Date(least));
}

function firstNightEnd(settings: AutomaticSettings, { announcedAt }: Announcement): Date {
  const least = new Date(Date.parse(announcedAt) + NOTICE_MS);
  return nextNight(settings, least, least)?.end ?? least;
}

/** Whether the feed has answered within so many milliseconds, and did not fail since. */
function isAnswered(releases: ReleaseStatus, within: number, now: Date): boolean {
  if (releases.kind === "unknown" || releases.stale !== null) return false;
  const age = msSince(releases.checkedAt, now);
  return age >= -CLOCK_STEP_MS && age <= within;
}

/** A feed that is silent for an hour has withdrawn nothing: what is announced stays so, and waits. */
function unanswered(settings: AutomaticSettings, announced: Announcement | null, now: Date): AutomaticDecision {
  const night = announced === null ? null : nightOf(settings, announced, now);
  if (announced === null || night === null) return nothing({ code: "feed" });
  const [version, window, obstacle] = [announced.version, windowOf(night), { code: "feed" } as const];
  return now < night.start ? { kind: "announced", version, window, obstacle } : { kind: "waiting", version, window, obstacle };
}

type Asked = { settings: AutomaticSettings; facts: AutomaticFacts; announced: Announcement | null };

/**
 * The newest release that may be installed by itself, or why there is none. What is announced has its first night, whatever became old enough meanwhile: where there is a
 * release every day, each would else take the place of the one before, and none would ever be installed.
 */
function candidateOf(
  { settings, facts, announced }: Asked,
  now: Date,
): { version: Version; why: null } | { version: null; why: Idle } {
  const missed = facts.releases.kind === "available" ? facts.releases.missed : [];
  const newer = missed
    .filter(
      (release) => isStable(release) && gt(release.version, facts.installed) && gte(release.version, facts.highestCommitted),
    )
    .toSorted((a, b) => rcompare(a.version, b.version));
  const judged = newer.map((release) => ({ release, why: whyNot(release, { settings, facts, missed }, now) }));
  const able = judged.filter(({ why }) => why === null);
  const kept = announced !== null && now < firstNightEnd(settings, announced) ? announced.version : null;
  const found = able.find(({ release }) => release.version === kept) ?? able[0];
  if (found !== undefined) return { version: found.release.version, why: null };
  const reasons = judged.flatMap(({ why }) => (why === null ? [] : [why]));
  // What will change by waiting says more than what will not.
  return { version: null, why: reasons.find(({ code }) => code === "too-young") ?? reasons[0] ?? { code: "newest" } };
}

/** By the feed's flag and by the dash in the version: either is enough to leave it to people. */
function isStable(release: Release): boolean {
  return !release.prerelease && prerelease(release.version) === null;
}

type Known = { settings: AutomaticSettings; facts: AutomaticFacts; missed: readonly Release[] };

function whyNot({ version, publishedAt, bundle }: Release, { settings, facts, missed }: Known, now: Date): Idle | null {
  if (bundle) return { code: "brought", version };
  if (facts.tried.includes(version)) return { code: "tried", version };
  const path = pathTo(version, missed, { version: facts.installed, updater: facts.updater });
  const isOneStep = path.kind === "path" && path.releases.length === 1;
  const isOrdinary =
    isOneStep && breakingOf(facts.installed, { path: path.releases, passed: passed(version, missed, facts.installed) }) === null;
  if (!isOrdinary) return { code: "breaking", version };
  const age = msSince(publishedAt, now);
  const { minAgeDays } = settings;
  if (age >= minAgeDays * DAY_MS) return null;
  return { code: "too-young", version, days: Math.max(0, Math.floor(age / DAY_MS)), minAgeDays };
}

/** What does not pass by itself while people wait for the night. */
function lastingObstacle({ busy, backup, cap }: AutomaticFacts): Obstacle | null {
  if (busy === "person") return { code: "person" };
  if (backup !== "good") return { code: "backup", concern: backup };
  return cap === "unknown" ? { code: "database" } : null;
}

/** What stands in the way in an open window; `null` when nothing does. Asking the feed comes last: no need for it while something else is in the way. */
function obstacleIn(
  night: Night,
  { settings, facts, announced }: { settings: AutomaticSettings; facts: AutomaticFacts; announced: Announcement },
  now: Date,
): Obstacle | null {
  const lasting = lastingObstacle(facts);
  if (lasting !== null) return lasting;
  if (facts.busy === "run" || facts.busy === "handover") return { code: facts.busy };
  const { tried } = announced;
  if (tried !== null && Date.parse(tried.night) === night.start.getTime()) return { code: "tried", problem: tried.problem };
  if (night.end.getTime() - now.getTime() < LEAST_LEFT_MS) return { code: "late" };
  const { lastWriteAt: at } = facts;
  if (at === null || msSince(at, now) < settings.quietMinutes * MINUTE_MS) return { code: "saving", at };
  return isAnswered(facts.releases, JUST_ASKED_MS, now) ? null : { code: "asking" };
}

function nothing(why: Idle): AutomaticDecision {
  return { kind: "nothing", why };
}

function windowOf({ start, end }: Night): Window {
  return { start: start.toISOString(), end: end.toISOString() };
}

function msSince(instant: string, now: Date): number {
  return now.getTime() - Date.parse(instant);
}
