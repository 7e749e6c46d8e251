import { gt, rcompare } from "semver";
import type { Problem, Ulid, Version } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { CheckSettings, NewerRelease, RefusedRelease, Release, ReleaseStatus } from "./contract.ts";
import type { FeedCache } from "./feed-cache.ts";
import { documentsKey } from "./feed-cache.ts";
import type { PublicKey } from "./minisign.ts";
import { placeOf } from "./place.ts";
import { isOnChannel, isRolledOut } from "./rules/audience.ts";
import { withBundles } from "./rules/with-bundles.ts";
import type { Installed } from "./rules/select.ts";
import { select } from "./rules/select.ts";
import { candidateOf, verifyRelease } from "./verify.ts";

/** After so long without an answer, "you run the newest version" is no longer said. */
const TRUST_CURRENT_MS = 24 * 3_600_000;

/** Whom releases are offered to: this installation, and what it wants to hear of. */
export type Audience = { channel: CheckSettings["channel"]; instance: Ulid };

/** Bundles that are here: what is offered of them, why others are not, and when the last of them was laid there. */
export type Brought = { releases: readonly Release[]; refused: readonly RefusedRelease[]; at: string | null };

type Asked = { key: PublicKey; installed: Installed; audience: Audience; now: Date };

/**
 * What is known, out of what was fetched and what was brought here: signatures are verified afresh, since a file on the disk is not a proof. A bundle is
 * offered whatever the channel and the rollout: a person brought it here.
 */
export function releaseStatus(cache: FeedCache, brought: Brought, { key, installed, audience, now }: Asked): ReleaseStatus {
  const { failing } = cache;
  const { releases: verified, refused: unverified } = verifyAll(cache, { key, channel: audience.channel });
  const { releases: given, held } = rolledOut(verified, audience);
  const releases = withBundles(given, brought.releases);
  const { offered, path, ordinary, missed, refused: unfit } = selectOf(releases, installed, now);
  const refused = [
    ...cache.unreadable,
    ...unverified,
    ...held.filter(({ tag }) => gt(tag, installed.version) && !releases.has(tag)),
    ...brought.refused,
    ...unfit.map(({ version, refusal }) => ({ tag: version, problem: new AppError(refusal.code, refusal.details).problem })),
  ];
  const besides = {
    ...newerThan(releases, installed.version),
    ...issuesOf(releases.get(installed.version) ?? verified.get(installed.version)),
  };
  const known = { refused, stale: failing, ...besides };
  const checkedAt = cache.answeredAt ?? brought.at ?? now.toISOString();
  if (offered !== null) {
    const versions = { path: path.map(({ version }) => version), ordinary: ordinary?.version ?? null };
    return { kind: "available", release: offered, ...versions, missed, checkedAt, ...known };
  }
  const unknown = unknownBecause(cache, now);
  return unknown === null
    ? { kind: "current", checkedAt, ...known }
    : { ...unknown, ...(refused.length === 0 ? {} : { refused }), ...besides };
}

/** Why it cannot be said that there is nothing newer; `null` when it can. */
function unknownBecause(
  { answeredAt, failing }: FeedCache,
  now: Date,
): { kind: "unknown"; since: string | null; problem: Problem } | null {
  if (answeredAt === null) return { kind: "unknown", since: null, problem: failing?.problem ?? notAsked() };
  const old = now.getTime() - Date.parse(answeredAt) > TRUST_CURRENT_MS;
  return failing !== null && old ? { kind: "unknown", since: answeredAt, problem: failing.problem } : null;
}

/** Those that are given to this installation, and which are not yet. */
function rolledOut(all: ReadonlyMap<string, Release>, { instance }: Audience) {
  const releases = new Map(
    [...all].filter(([version, { manifest }]) => isRolledOut(manifest.rollout, placeOf(instance, version))),
  );
  const held = [...all.keys()].flatMap((version): RefusedRelease[] =>
    releases.has(version) ? [] : [{ tag: version, problem: new AppError("release-not-rolled-out", { version }).problem }],
  );
  return { releases, held };
}

/** Whether a pre-release counts was decided by the channel: here all do, and they come back with their flag. */
function selectOf(releases: ReadonlyMap<string, Release>, installed: Installed, now: Date): ReturnType<typeof select> {
  const asked = [...releases.values()].map((release) => ({ ...release, prerelease: false }));
  const selection = select(asked, installed, now);
  const itself = (release: Release) => releases.get(release.version) ?? release;
  return { ...selection, offered: selection.offered && itself(selection.offered), missed: selection.missed.map(itself) };
}

/** Whether or not it fits: what expired, or asks for a newer Node, was missed all the same. */
function newerThan(releases: ReadonlyMap<string, Release>, installed: Version): { newer?: NewerRelease[] } {
  const newer = [...releases.values()]
    .filter(({ version, prerelease }) => !prerelease && gt(version, installed))
    .toSorted((a, b) => rcompare(a.version, b.version))
    .map(({ version, publishedAt, url, manifest: { severity, fixes } }) => ({ version, publishedAt, url, severity, fixes }));
  return newer.length === 0 ? {} : { newer };
}

function issuesOf(installed: Release | undefined): { knownIssues?: string[] } {
  const list = installed?.manifest.knownIssues ?? [];
  return list.length === 0 ? {} : { knownIssues: list };
}

/** The releases of the list whose signature holds, each version once (the first wins), and why the others are none. */
function verifyAll(
  cache: FeedCache,
  { key, channel }: { key: PublicKey; channel: CheckSettings["channel"] },
): { releases: Map<string, Release>; refused: RefusedRelease[] } {
  const releases = new Map<string, Release>();
  const refused: RefusedRelease[] = [];
  const findings = new Map<string, Problem>(cache.findings.map(({ tag, problem }) => [tag, problem]));
  for (const listed of cache.listing.filter((one) => isOnChannel(one, channel))) {
    const { tag } = listed;
    const candidate = candidateOf(listed);
    const finding = candidate.kind === "refused" ? candidate.problem : findings.get(tag);
    if (finding !== undefined) refused.push({ tag, problem: finding });
    if (candidate.kind === "refused" || finding !== undefined) continue;
    const documents = cache.documents[documentsKey(candidate.manifest, candidate.signature)];
    if (documents === undefined) continue; // not newer than what was installed when the list was asked for
    const verified = verifyRelease(listed, documents, { version: candidate.version, key });
    if (verified.kind === "refused") refused.push({ tag, problem: verified.problem });
    else if (!releases.has(candidate.version)) releases.set(candidate.version, verified.release);
  }
  return { releases, refused };
}

function notAsked(): Problem {
  return new AppError("feed-not-asked", {}).problem;
}
