import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homePaths } from "../../platform/home.ts";
import { configSchema } from "../../platform/config.ts";
import { silentLog } from "../../platform/log.ts";
import { createBundleShelf } from "../bundles.ts";
import type { CheckSettings } from "../contract.ts";
import type { ReleaseChecker } from "../check.ts";
import { createReleaseChecker } from "../check.ts";
import type { SecretKey } from "../minisign.ts";
import type { Feed } from "./feed.ts";
import { startFeed } from "./feed.ts";
import { testKey } from "./make-release.ts";

export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A home that runs 1.0.0 and a feed it asks, for one test: the feed's folder is empty, and both are gone in the end. */
export type Farm = {
  key: SecretKey;
  folder: string;
  feed: Feed;
  paths: ReturnType<typeof homePaths>;
  checker: ReleaseChecker;
  /** Whose time is it; a test moves it. */
  clock: { at: Date };
  installed: { version: string; highestCommitted: string | null; updaterVersion: string; postgresMajor: number | null };
  settings: CheckSettings;
  /** Answers instead of the feed, while it is set and says so. */
  intercept: Intercept | null;
  /** The requests that came, `METHOD path`. */
  asked: string[];
  /** The same home, as a process that was started anew sees it. */
  restart: () => ReleaseChecker;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** Makes a farm; `await using` takes it down. */
export async function makeFarm(): Promise<Farm> {
  const work = await mkdtemp(join(tmpdir(), "filaops-feed-"));
  const folder = join(work, "feed");
  const paths = homePaths(join(work, "home"));
  await mkdir(folder);
  await mkdir(paths.keys, { recursive: true });
  const { publicKey, key } = testKey();
  await writeFile(paths.releaseKey, publicKey);

  const asked: string[] = [];
  const feed = await startFeed({
    folder,
    intercept: (request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      return farm.intercept?.(request, response) ?? false;
    },
  });
  const restart = () =>
    createReleaseChecker({
      config: { releases: configSchema.shape.releases.parse({ api: feed.url }) },
      paths,
      clock: { now: () => farm.clock.at },
      log: silentLog,
      random: () => 0,
      installed: () => Promise.resolve(farm.installed),
      settings: () => Promise.resolve(farm.settings),
      instance: () => Promise.resolve("01JD0000000000000000000FRM"),
      shelf: createBundleShelf(paths, { kind: "archive" }),
    });
  const farm: Farm = {
    key,
    folder,
    feed,
    paths,
    checker: restart(),
    clock: { at: new Date("2026-11-23T12:00:00Z") },
    installed: { version: "1.0.0", highestCommitted: "1.0.0", updaterVersion: "1.0.0", postgresMajor: 15 },
    settings: { v: 1, channel: "stable", automatic: true },
    intercept: null,
    asked,
    restart,
    [Symbol.asyncDispose]: async () => {
      await feed.close();
      await rm(work, { recursive: true });
    },
  };
  return farm;
}
