import { z } from "zod";
import { AppError, toProblem } from "../platform/errors.ts";
import { makeFolder, readJson, writeAtomically } from "../platform/files.ts";
import type { HomePaths } from "../platform/home.ts";
import type { Log } from "../platform/log.ts";
import { instantSchema, problemSchema } from "../platform/contract.ts";

/** A file of a release, as the feed lists it. */
const assetSchema = z.object({ id: z.number(), name: z.string(), bytes: z.number(), url: z.string() });
export type Asset = z.infer<typeof assetSchema>;

/** A release as the feed lists it: somebody's text, of which nothing is trusted. */
const listedSchema = z.object({
  tag: z.string(),
  prerelease: z.boolean(),
  notes: z.string(),
  url: z.string().nullable(),
  assets: z.array(assetSchema),
});
export type Listed = z.infer<typeof listedSchema>;

/** Why an entry of the list is not offered, as far as the check found out. */
const findingSchema = z.object({ tag: z.string(), problem: problemSchema });
export type Finding = z.infer<typeof findingSchema>;

/** What a release says about itself and the signature of that, both as they came: they are verified whenever they are read. */
const documentsSchema = z.object({ manifest: z.base64(), signature: z.string() });
export type Documents = z.infer<typeof documentsSchema>;

/** `releases/feed.json`, v1: what is known from the feed. Losing it costs one request. */
const feedCacheSchema = z.object({
  v: z.literal(1),
  /** The list that was asked; an answer of another one is worth nothing. */
  source: z.string(),
  etag: z.string().nullable(),
  answeredAt: instantSchema.nullable(),
  listing: z.array(listedSchema),
  /** Entries of the list that could not be read. */
  unreadable: z.array(findingSchema),
  /** Releases whose files could not be fetched at the last check. */
  findings: z.array(findingSchema),
  /** By `documentsKey`. */
  documents: z.record(z.string(), documentsSchema),
  /** Set while attempts fail: since when, and the last one's reason. */
  failing: z.object({ since: instantSchema, problem: problemSchema }).nullable(),
  nextCheckAt: instantSchema.nullable(),
  /** Until when the feed wants us to wait. */
  notBefore: instantSchema.nullable(),
});
export type FeedCache = z.infer<typeof feedCacheSchema>;

/** Names the two files of a release by the feed's numbers for them: a file that is uploaded anew gets a new number. */
export function documentsKey(manifest: Asset, signature: Asset): string {
  return `${manifest.id}/${signature.id}`;
}

/** What is known from this source; nothing when there is no cache, it belongs to another source or cannot be read (which is logged). */
export async function readFeedCache(paths: HomePaths, source: string, log: Log): Promise<FeedCache> {
  try {
    const cache = await readJson(paths.feedCache, feedCacheSchema);
    if (cache?.source === source) return cache;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ problem: toProblem(error) }, "the cache of the release feed is thrown away");
  }
  return {
    v: 1,
    source,
    etag: null,
    answeredAt: null,
    listing: [],
    unreadable: [],
    findings: [],
    documents: {},
    failing: null,
    nextCheckAt: null,
    notBefore: null,
  };
}

/** Replaces the cache. */
export async function writeFeedCache(paths: HomePaths, cache: FeedCache): Promise<void> {
  await makeFolder(paths.releases);
  await writeAtomically(paths.feedCache, JSON.stringify(feedCacheSchema.parse(cache)));
}
