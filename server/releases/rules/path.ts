import { compare, gt, gte, lt, lte } from "semver";
import type { Version } from "../../platform/contract.ts";
import type { Release } from "../contract.ts";

/** Where a way begins: what is installed, and the version of the update service. */
export type Standing = { version: Version; updater: Version };

export type Path =
  { kind: "path"; releases: [Release, ...Release[]] } | { kind: "none"; why: "unknown" | "needs-stop" | "needs-newer-updater" };

/**
 * The way to a version: the releases that are installed one after another, each of which may be installed from the one before. As few as can be, the
 * newest that serve; over releases that carry the data over, if there is such a way.
 */
export function pathTo(version: Version, releases: readonly Release[], at: Standing): Path {
  const target = releases.find((release) => release.version === version);
  if (target === undefined || !gt(version, at.version)) return { kind: "none", why: "unknown" };
  const between = releases.filter((release) => release === target || lt(release.version, version));
  const carrying = between.filter((release) => release === target || release.manifest.migratable);
  for (const among of [carrying, between]) {
    const [first, ...others] = climb(among, at);
    if (first !== undefined && [first, ...others].at(-1) === target) return { kind: "path", releases: [first, ...others] };
  }
  const top = climb(between, at).at(-1)?.version ?? at.version;
  return { kind: "none", why: lt(top, target.manifest.upgradeFrom) ? "needs-stop" : "needs-newer-updater" };
}

/** What is passed on the way to a version: every release that is newer than what is installed and not beyond it, the oldest first. */
export function passed(version: Version, releases: readonly Release[], installed: Version): Release[] {
  return releases
    .filter((release) => gt(release.version, installed) && lte(release.version, version))
    .toSorted((a, b) => compare(a.version, b.version));
}

/**
 * Climbs as high as it goes, always to the newest release that may be installed from where it stands: a higher version never leads to fewer
 * places, since releases only name the lowest version they can be reached from. The update service comes with a release, so a stop renews it.
 */
export function climb(releases: readonly Release[], at: Standing): Release[] {
  const ascending = releases.toSorted((a, b) => compare(a.version, b.version));
  const way: Release[] = [];
  for (let standing = at; ;) {
    const next = ascending.findLast((release) => gt(release.version, standing.version) && isOpen(release, standing));
    if (next === undefined) return way;
    way.push(next);
    standing = { version: next.version, updater: newer(next.version, standing.updater) };
  }
}

function isOpen({ manifest }: Release, at: Standing): boolean {
  return gte(at.version, manifest.upgradeFrom) && gte(at.updater, manifest.minUpdater);
}

/** After an undo the update service stays the newer one. */
function newer(a: Version, b: Version): Version {
  return gt(a, b) ? a : b;
}
