import type { Audit } from "../audit/write.ts";
import type { Cap } from "../nag/contract.ts";
import type { Actor, Ulid, Version } from "../platform/contract.ts";
import { AppError, isAppError, toProblem } from "../platform/errors.ts";
import { lockHolder } from "../platform/lock.ts";
import type { ReleaseChecker } from "../releases/check.ts";
import type { ReleaseStatus } from "../releases/contract.ts";
import type { Announcement, AutomaticDecision, AutomaticView, AutomaticWish, Window } from "../updates/automatic-contract.ts";
import {
  readAnnouncement,
  readAutomaticSettings,
  writeAnnouncement,
  writeAutomaticSettings,
} from "../updates/automatic-files.ts";
import { readInstallation } from "../updates/installation.ts";
import { planUpdate } from "../updates/plan.ts";
import { announcedNight, decideAutomatic } from "../updates/rules/automatic.ts";
import { startRun } from "../updates/start.ts";
import type { World } from "../updates/world.ts";
import type { FactParts } from "./automatic-facts.ts";
import { automaticFacts } from "./automatic-facts.ts";
import { wayTo } from "./way.ts";

export type AutomaticParts = FactParts & {
  checker: Pick<ReleaseChecker, "status" | "check">;
  /** The owner's cap on notices, whether or not it holds still. Throws when the database cannot be asked. */
  cap: () => Promise<Cap | null>;
  audit: Audit;
  spawn: (run: Ulid) => Promise<void>;
};

/** Updates that begin by themselves. But for `view` and `announced`, all of it is called while no run can begin. */
export type Automatic = {
  /** One look: announces, takes back, asks the feed once more, or begins. Called every now and then while no run is open. */
  look: () => Promise<"started" | "nothing">;
  view: () => Promise<AutomaticView>;
  /** What is announced and can still come true, with its next window. */
  announced: () => Promise<
    (Pick<Announcement, "version" | "announcedAt" | "notBefore"> & { window: Window; timeZone: string }) | null
  >;
  set: (wish: AutomaticWish) => Promise<void>;
  /** Lets the next window pass, if it is the one that is meant. */
  notTonight: (night?: string) => Promise<void>;
};

const ITSELF: Actor = { kind: "system" };
/** So often at most the feed is asked because of an update that is to begin. */
const ASK_AGAIN_MS = 10 * 60_000;

type Decided = { decision: AutomaticDecision; releases: ReleaseStatus };

export function createAutomatic(parts: AutomaticParts): Automatic {
  const { world, checker } = parts;
  const { paths, clock, log } = world;
  let askedAt = -Infinity;
  let cap: Cap | null | "unknown" = "unknown";

  const settingsNow = async () => readAutomaticSettings(paths, (await world.backupSettings()).schedule.timeZone, log);
  const announcementNow = () => readAnnouncement(paths, log);
  const askCap = async () => {
    cap = await parts.cap().catch((error: unknown) => {
      log.warn({ err: error }, "the owner's wishes cannot be asked for");
      return "unknown" as const;
    });
  };
  const decide = async (announcement: Announcement | null): Promise<Decided> => {
    const settings = await settingsNow();
    const facts = await automaticFacts(parts, { settings, announcement, cap });
    return { decision: decideAutomatic(settings, facts, clock.now()), releases: facts.releases };
  };

  /** Not waited for: the next look sees what came of it, and nobody's click waits for a slow feed. */
  const askFeed = () => {
    if (clock.monotonic() - askedAt < ASK_AGAIN_MS) return;
    askedAt = clock.monotonic();
    checker.check({ force: true }).catch((error: unknown) => {
      log.error({ err: error }, "looking for releases did not work");
    });
  };

  return {
    look: async () => {
      const announcement = await announcementNow();
      if (!(await settingsNow()).enabled) {
        if (announcement !== null) await writeAnnouncement(paths, null);
        return "nothing";
      }
      await askCap();
      const { decision, releases } = await decide(announcement);
      switch (decision.kind) {
        case "off":
        case "nothing":
          if (announcement !== null) await writeAnnouncement(paths, null);
          return "nothing";
        case "announce":
          await writeAnnouncement(paths, announcementOf(decision.version, clock.now()));
          log.info({ version: decision.version }, "an update is announced that begins by itself");
          return "nothing";
        case "announced":
          return "nothing";
        case "waiting":
          if (decision.obstacle.code === "asking") askFeed();
          return "nothing";
        case "start":
          return begin(parts, decision, releases);
      }
    },
    view: async () => {
      const settings = await settingsNow();
      const announcement = await announcementNow();
      const common = { settings, notBefore: announcement?.notBefore ?? null };
      if (!settings.enabled) return { ...common, decision: { kind: "off" } };
      // No session of ours shall be in a run's way.
      if (lockHolder(paths.runLock) !== null) return { ...common, decision: { kind: "nothing", why: { code: "run" } } };
      if (cap === "unknown") await askCap();
      return { ...common, decision: (await decide(announcement)).decision };
    },
    announced: async () => {
      const [settings, announcement] = [await settingsNow(), await announcementNow()];
      const night = settings.enabled ? announcedNight(settings, announcement, clock.now()) : null;
      if (announcement === null || night === null) return null;
      const { version, announcedAt, notBefore } = announcement;
      const window = { start: night.start.toISOString(), end: night.end.toISOString() };
      return { version, announcedAt, notBefore, window, timeZone: settings.timeZone };
    },
    set: async (wish) => {
      await writeAutomaticSettings(paths, wish);
      // Whoever switches it off and on again has a full day again.
      if (!wish.enabled) await writeAnnouncement(paths, null);
    },
    notTonight: async (night) => {
      const [settings, announcement] = [await settingsNow(), await announcementNow()];
      const next = announcedNight(settings, announcement, clock.now());
      if (announcement === null || next === null || (night !== undefined && Date.parse(night) !== next.start.getTime())) return;
      await writeAnnouncement(paths, { ...announcement, notBefore: next.end.toISOString() });
    },
  };
}

function announcementOf(version: Version, at: Date): Announcement {
  return { v: 1, version, announcedAt: at.toISOString(), notBefore: null, tried: null };
}

type Start = Extract<AutomaticDecision, { kind: "start" }>;

/** Plans and begins it. What stands in its way is kept, for people to read; it is tried again in the next night. */
async function begin(parts: AutomaticParts, { version, window }: Start, releases: ReleaseStatus): Promise<"started" | "nothing"> {
  const { world, own, audit, spawn } = parts;
  try {
    const { version: installed } = await readInstallation(world);
    const plan = await planUpdate(world, { way: wayTo(version, releases, { version: installed, updater: own }), actor: ITSELF });
    // The rule has said so already; what a plan is about to do counts for more than why it was made.
    if (plan.to !== version || plan.breaking !== null || plan.chain !== null) throw new AppError("release-unknown", { version });
    const { run, joined } = await startRun(world, { plan: plan.id, actor: ITSELF, idempotencyKey: keyOf(version), spawn });
    if (joined) return "nothing";
    await audit({ actor: ITSELF, action: "updater.start", result: "done", detail: { run, automatic: version } });
    return "started";
  } catch (error) {
    // A job was quicker: it goes on when that is over.
    if (isAppError(error, "run-under-way")) return "nothing";
    const problem = toProblem(error);
    world.log.error({ err: error, version, problem }, "an update that was to begin by itself did not begin");
    await keepReason(world, { night: window.start, problem });
    return "nothing";
  }
}

async function keepReason({ paths, log }: World, tried: NonNullable<Announcement["tried"]>): Promise<void> {
  const announcement = await readAnnouncement(paths, log);
  if (announcement !== null) await writeAnnouncement(paths, { ...announcement, tried });
}

/** One version, one run: whatever is lost or killed in between. */
function keyOf(version: Version): string {
  return `automatic-${version.replaceAll(/[^\w-]/g, "-")}`;
}
