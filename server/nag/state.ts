import type { AdminActor } from "../auth/actors.ts";
import type { Problem } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { NewerRelease, ReleaseStatus } from "../releases/contract.ts";
import { capInForce, nag } from "../releases/rules/nag.ts";
import type { Context } from "../trpc/init.ts";
import type { Overview } from "../updater/contract.ts";
import { updaterFor } from "../updater/on-behalf.ts";
import type { NagState } from "./contract.ts";
import { findCap, findDismissal } from "./store.ts";

/** Who asks, and of what. */
export type Asking = Pick<Context, "web" | "db"> & { actor: AdminActor };

/** What is known of releases and runs; the rest of the overview plays no part. */
type Known = Pick<Overview, "installed" | "releases" | "failedVersions" | "status">;

/** What this person is told now, from what is known already: nobody outside is asked. */
export async function stateNow(asking: Asking): Promise<NagState> {
  return stateOf(asking, await updaterFor(asking).overview.query());
}

/** The same, after the feed was asked if it is time for it. */
export async function lookedState(asking: Asking): Promise<NagState> {
  await updaterFor(asking).look.mutate();
  return stateNow(asking);
}

async function stateOf({ web, db, actor }: Asking, known: Known): Promise<NagState> {
  const { installed, releases, failedVersions } = known;
  const now = web.clock.now();
  const newer = newerOf(releases);
  const [dismissal, cap] = [await findDismissal(db, actor.id), await findCap(db)];
  const offered = releases.kind === "available" ? releases.release.version : null;
  const way = releases.kind === "available" ? [...releases.path, releases.release.version] : [];
  return {
    notice: nag({ installed: installed.version, releases: newer, dismissal, cap }, now),
    offered,
    failedBefore: way.some((version) => failedVersions.includes(version)),
    impossible: whyImpossible(known, newer),
    closes: newer.flatMap(({ severity, fixes }) => (severity === "security" ? fixes : [])),
    issues: issuesOf(releases, newer),
    cap: capInForce(cap, now),
    checkedAt: releases.kind === "unknown" ? releases.since : releases.checkedAt,
  };
}

/** An updater of before says only what can be installed. */
function newerOf(releases: ReleaseStatus): NewerRelease[] {
  if (releases.newer !== undefined) return releases.newer;
  if (releases.kind !== "available") return [];
  return releases.missed.map(({ version, publishedAt, url, manifest: { severity, fixes } }) => ({
    ...{ version, publishedAt, url, severity, fixes },
  }));
}

/** A run that waits for a person stands in the way of every other; else what is said of the newest release that does not fit. */
function whyImpossible({ releases, status }: Known, newer: readonly NewerRelease[]): Problem | null {
  if (newer.length === 0) return null;
  if (status?.outcome === "needs_attention") return new AppError("needs-person-first", { run: status.run }).problem;
  if (releases.kind === "available") return null;
  if (releases.kind === "unknown") return releases.problem;
  return releases.refused.find(({ tag }) => newer.some(({ version }) => tag === version))?.problem ?? null;
}

function issuesOf(releases: ReleaseStatus, newer: readonly NewerRelease[]): NagState["issues"] {
  const known = releases.knownIssues ?? [];
  return known.length > 0 ? { kind: "known", list: known } : { kind: "fixed-since", list: newer.flatMap(({ fixes }) => fixes) };
}
