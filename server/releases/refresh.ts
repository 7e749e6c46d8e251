import { eq, gt } from "semver";
import type { Version } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import type { CheckSettings } from "./contract.ts";
import type { Documents, FeedCache, Finding, Listed } from "./feed-cache.ts";
import { documentsKey } from "./feed-cache.ts";
import type { FeedSource } from "./github.ts";
import { announcedBytes, fetchDocuments, listReleases } from "./github.ts";
import type { PublicKey } from "./minisign.ts";
import { isOnChannel } from "./rules/audience.ts";
import type { Candidate } from "./verify.ts";
import { candidateOf, verifyRelease } from "./verify.ts";

export type Refresh = { source: FeedSource; key: PublicKey; installed: Version; channel: CheckSettings["channel"]; now: Date };

/** `ours`: it is what is installed, of which only the description matters. */
type Wanted = { listed: Listed; candidate: Extract<Candidate, { kind: "candidate" }>; ours: boolean };

/**
 * Asks the feed and returns what is known afterwards. The list is asked for with its ETag; documents that are known are not fetched again;
 * of each newer release the archive is asked whether it is there. Throws what `listReleases` throws when the list itself does not come.
 */
export async function refresh(cache: FeedCache, { source, key, installed, channel, now }: Refresh): Promise<FeedCache> {
  const answer = await listReleases(source, cache.etag, now);
  if (answer.kind === "limited") {
    const { problem } = new AppError("feed-limited", { host: new URL(source.api).host, until: answer.until });
    const failing = { since: cache.failing?.since ?? now.toISOString(), problem };
    return { ...cache, failing, notBefore: answer.until.toISOString() };
  }
  const list = answer.kind === "unchanged" ? cache : answer;
  const wanted = list.listing.flatMap((listed) => wantedOf(listed, { installed, channel }));
  const looked = await Promise.all(wanted.map((one) => look(one, { known: cache.documents, source, key })));
  return {
    ...cache,
    etag: list.etag,
    listing: list.listing,
    unreadable: list.unreadable,
    findings: looked.flatMap(({ finding }) => (finding === null ? [] : [finding])),
    documents: { ...stillListed(cache.documents, list.listing), ...Object.fromEntries(looked.flatMap(({ fetched }) => fetched)) },
    answeredAt: now.toISOString(),
    failing: null,
    notBefore: null,
  };
}

/** Only what is newer is looked at, and what is installed, for its known issues: nobody needs the files of releases that are behind us. */
function wantedOf(listed: Listed, { installed, channel }: Pick<Refresh, "installed" | "channel">): Wanted[] {
  const candidate = candidateOf(listed);
  if (!isOnChannel(listed, channel) || candidate.kind === "refused") return [];
  const ours = eq(candidate.version, installed);
  return ours || gt(candidate.version, installed) ? [{ listed, candidate, ours }] : [];
}

type Looked = { fetched: [string, Documents][]; finding: Finding | null };

/** Fetches what is not known of a release and asks for its archive. What fails here concerns this release only. */
async function look(
  { listed, candidate, ours }: Wanted,
  { known, source, key }: { known: FeedCache["documents"]; source: FeedSource; key: PublicKey },
): Promise<Looked> {
  const { version, manifest, signature } = candidate;
  const name = documentsKey(manifest, signature);
  let documents: Documents;
  try {
    documents = known[name] ?? (await fetchDocuments(source, manifest, signature));
  } catch (error) {
    return { fetched: [], finding: ours ? null : found(listed, "release-not-fetched", { version, error }) };
  }
  if (ours) return { fetched: [[name, documents]], finding: null };
  const verified = verifyRelease(listed, documents, { version, key });
  if (verified.kind === "refused") return { fetched: [[name, documents]], finding: null };
  try {
    const bytes = await announcedBytes(source, verified.archive);
    const signedBytes = verified.release.manifest.archive.bytes;
    if (bytes === null || bytes === signedBytes) return { fetched: [[name, documents]], finding: null };
    const { problem } = new AppError("release-archive-differs", { version, signedBytes, listedBytes: bytes });
    return { fetched: [[name, documents]], finding: { tag: listed.tag, problem } };
  } catch (error) {
    return { fetched: [[name, documents]], finding: found(listed, "release-archive-silent", { version, error }) };
  }
}

function found(
  { tag }: Listed,
  code: "release-not-fetched" | "release-archive-silent",
  { version, error }: { version: string; error: unknown },
): Finding {
  return { tag, problem: new AppError(code, { version, reason: toProblem(error).happened }, { cause: error }).problem };
}

function stillListed(documents: FeedCache["documents"], listing: Listed[]): FeedCache["documents"] {
  const listed = new Set(
    listing.map(candidateOf).flatMap((one) => (one.kind === "candidate" ? [documentsKey(one.manifest, one.signature)] : [])),
  );
  return Object.fromEntries(Object.entries(documents).filter(([name]) => listed.has(name)));
}
