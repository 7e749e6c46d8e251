import type { Clock } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import { readSecret } from "../platform/config.ts";
import { isAppError, toProblem } from "../platform/errors.ts";
import { exists } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import type { Ulid } from "../platform/contract.ts";
import { broughtBy, itemsOf } from "./brought.ts";
import type { BundleItem } from "./bundle-contract.ts";
import type { BundleShelf, LaidBundle } from "./bundles.ts";
import type { CheckSettings, ReleaseStatus } from "./contract.ts";
import type { FeedCache } from "./feed-cache.ts";
import { readFeedCache, writeFeedCache } from "./feed-cache.ts";
import { listUrl } from "./github.ts";
import type { PublicKey } from "./minisign.ts";
import { parsePublicKey } from "./minisign.ts";
import { refresh } from "./refresh.ts";
import { mayAsk, nextCheckAt } from "./rules/pace.ts";
import type { Installed } from "./rules/select.ts";
import { releaseStatus } from "./status.ts";

export type ReleaseChecker = {
  /** What is known, from the disk; never asks the network. */
  status: () => Promise<ReleaseStatus>;
  /**
   * Asks the feed if it is time and looking by itself is on, or at once when forced, unless the feed wants us to wait. One flight at a time: who comes meanwhile gets
   * the same answer, but one who forces does not join one who only looked whether it is time. That the feed does not answer is part of the status.
   */
  check: (options: { force: boolean }) => Promise<ReleaseStatus>;
  /** The bundles that are here, and what becomes of each. */
  bundles: () => Promise<BundleItem[]>;
};

export type CheckerParts = {
  config: Pick<Config, "releases">;
  paths: HomePaths;
  clock: Pick<Clock, "now">;
  log: Log;
  random: () => number;
  installed: () => Promise<Omit<Installed, "node">>;
  settings: () => Promise<CheckSettings>;
  /** Which installation this is, for releases that are given to a part of all first. */
  instance: () => Promise<Ulid>;
  shelf: BundleShelf;
};

/** Knows which releases there are and which may be installed here, and asks the feed for them in measure. */
export function createReleaseChecker(parts: CheckerParts): ReleaseChecker {
  let flight: { force: boolean; answer: Promise<ReleaseStatus> } | null = null;
  const begin = (force: boolean, after: Promise<unknown>): Promise<ReleaseStatus> => {
    const own = { force, answer: after.then(() => check(parts, force)) };
    flight = own;
    const end = () => {
      if (flight === own) flight = null;
    };
    own.answer.then(end, end);
    return own.answer;
  };
  return {
    status: async () => statusOf(parts, await known(parts)),
    bundles: async () => {
      const laid = await parts.shelf.list(await readReleaseKey(parts.paths));
      const { version } = await parts.installed();
      return itemsOf(laid, await statusOf(parts, await known(parts), laid), version);
    },
    check: ({ force }) => {
      if (flight === null) return begin(force, Promise.resolve());
      return flight.force || !force
        ? flight.answer
        : begin(
            true,
            flight.answer.catch(() => undefined),
          );
    },
  };
}

async function check(parts: CheckerParts, force: boolean): Promise<ReleaseStatus> {
  const cache = await known(parts);
  const { checkHours } = parts.config.releases;
  if (!force && !(await parts.settings()).automatic) return statusOf(parts, cache);
  if (mayAsk(cache, { force, checkHours }, parts.clock.now()).kind !== "ask") return statusOf(parts, cache);
  const next = {
    ...(await ask(parts, cache)),
    nextCheckAt: nextCheckAt(parts.clock.now(), checkHours, parts.random()).toISOString(),
  };
  try {
    await writeFeedCache(parts.paths, next);
  } catch (error) {
    parts.log.warn({ err: error }, "what the release feed answered could not be kept");
  }
  return statusOf(parts, next);
}

async function ask(parts: CheckerParts, cache: FeedCache): Promise<FeedCache> {
  const { config, paths, clock, log } = parts;
  const now = clock.now();
  const { version } = await parts.installed();
  try {
    const key = await readReleaseKey(paths);
    const token = (await exists(paths.feedToken)) ? await readSecret(paths.feedToken) : null;
    const source = { ...config.releases, token, userAgent: `filaops/${version}` };
    const { channel } = await parts.settings();
    return await refresh(cache, { source, key, installed: version, channel, now });
  } catch (error) {
    // Everything, known or not: this is the border where a stranger's answer comes in, and no answer may end the updater.
    const problem = toProblem(error);
    log.warn({ problem, err: error }, "the release feed could not be asked");
    return { ...cache, failing: { since: cache.failing?.since ?? now.toISOString(), problem } };
  }
}

async function statusOf(parts: CheckerParts, cache: FeedCache, known?: readonly LaidBundle[]): Promise<ReleaseStatus> {
  let key: PublicKey;
  try {
    key = await readReleaseKey(parts.paths);
  } catch (error) {
    if (!isAppError(error, "release-key-unreadable") && !isAppError(error, "file-unreadable")) throw error;
    return { kind: "unknown", since: cache.answeredAt, problem: error.problem };
  }
  const installed = { ...(await parts.installed()), node: process.versions.node };
  const audience = { channel: (await parts.settings()).channel, instance: await parts.instance() };
  const laid = known ?? (await parts.shelf.list(key));
  return releaseStatus(cache, broughtBy(laid, installed.version), { key, installed, audience, now: parts.clock.now() });
}

function known({ config, paths, log }: CheckerParts): Promise<FeedCache> {
  return readFeedCache(paths, listUrl(config.releases), log);
}

/** The pinned key that releases are verified with. Throws `release-key-unreadable` or `file-unreadable`. */
export async function readReleaseKey(paths: Pick<HomePaths, "releaseKey">): Promise<PublicKey> {
  return parsePublicKey(await readSecret(paths.releaseKey));
}
