import type { Release, ReleaseStatus } from "../../releases/contract.ts";
import type { Announcement, AutomaticSettings } from "../automatic-contract.ts";
import type { AutomaticFacts } from "../rules/automatic.ts";
import { testRelease } from "./plans.ts";

/** A Wednesday noon, and in UTC, so that hours are what they look like. */
export const NOON = Date.UTC(2026, 2, 4, 12);
const HOUR = 3_600_000;

/** So many hours after that noon. */
export const hours = (count: number) => new Date(NOON + count * HOUR);
export const instant = (count: number) => hours(count).toISOString();

export const SETTINGS: AutomaticSettings = {
  ...{ v: 1, enabled: true, from: "02:00", to: "05:00", timeZone: "UTC" },
  ...{ minAgeDays: 7, quietMinutes: 15 },
};

/** As a feed lists it; published 30 days before that noon, unless told otherwise. */
export function listed(version: string, otherwise: Partial<Release> & { hoursOld?: number } = {}): Release {
  const { hoursOld = 30 * 24, ...rest } = otherwise;
  const manifest = { ...testRelease.manifest, version };
  return { ...testRelease, version, manifest, publishedAt: instant(-hoursOld), ...rest };
}

/** What the feed answered, the newest first. */
export function answered(missed: readonly Release[], checkedAt: string): ReleaseStatus {
  const [release] = missed;
  const common = { checkedAt, refused: [], stale: null };
  if (release === undefined) return { kind: "current", ...common };
  return { kind: "available", release, path: [release.version], ordinary: null, missed: [...missed], ...common };
}

export function announced(version: string, at: string, otherwise: Partial<Announcement> = {}): Announcement {
  return { v: 1, version, announcedAt: at, notBefore: null, tried: null, ...otherwise };
}

/** 1.1.0 may be installed, and was announced a day and more ago; it is quiet, and the feed was asked five minutes before `now`. */
export function factsAt(now: Date, otherwise: Partial<AutomaticFacts> = {}): AutomaticFacts {
  return {
    releases: answered([listed("1.1.0")], new Date(now.getTime() - 300_000).toISOString()),
    ...{ installed: "1.0.0", updater: "1.0.0", highestCommitted: "1.0.0", tried: [] },
    ...{ busy: null, backup: "good", cap: null },
    announcement: announced("1.1.0", instant(-24)),
    lastWriteAt: instant(-20),
    ...otherwise,
  };
}
