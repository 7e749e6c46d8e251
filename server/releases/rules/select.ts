import { coerce, gt, lt, lte, rcompare } from "semver";
import type { Version } from "../../platform/contract.ts";
import type { Release } from "../contract.ts";
import { breakingOf } from "./breaking.ts";
import type { Standing } from "./path.ts";
import { climb, passed, pathTo } from "./path.ts";

/** What is installed here, as far as a release can ask for it. */
export type Installed = {
  version: Version;
  /** The highest version that a run ever committed here; `null` when there was none. */
  highestCommitted: Version | null;
  updaterVersion: Version;
  /** `null` when the database could not be asked; then the range is not judged. */
  postgresMajor: number | null;
  node: string;
};

type SelectionRefusal =
  | { code: "release-expired"; details: { version: Version; expires: string } }
  | { code: "release-below-committed"; details: { version: Version; committed: Version } }
  | { code: "release-needs-stop"; details: { version: Version; upgradeFrom: Version; installed: Version } }
  | { code: "release-needs-newer-updater"; details: { version: Version; minUpdater: Version; updater: Version } }
  | { code: "release-needs-node"; details: { version: Version; min: string; node: string } }
  | { code: "release-needs-postgres"; details: { version: Version; min: number; max: number; postgres: number } };

export type Selection = {
  /** The newest release that can be reached from here, over required stops if it has to be. */
  offered: Release | null;
  /** What is installed for it, one after another, itself the last; empty when nothing is offered. */
  path: Release[];
  /** The newest release that is an ordinary update from here, where the way to the offered one breaks something. */
  ordinary: Release | null;
  /** All newer releases that can be reached, newest first, the offered one among them. */
  missed: Release[];
  refused: { version: Version; refusal: SelectionRefusal }[];
};

/**
 * Decides what is offered out of verified releases. Pre-releases (by the feed's flag, not by a dash in the version) and what is not newer
 * than the installed version are passed over in silence; everything else is missed or refused with a reason.
 */
export function select(releases: readonly Release[], installed: Installed, now: Date): Selection {
  const newer = releases.filter((release) => !release.prerelease && gt(release.version, installed.version));
  const judged = newer.map((release) => ({ release, refusal: refusalOf(release, installed, now) }));
  const able = judged.flatMap(({ release, refusal }) => (refusal === null ? [release] : []));
  const at = { version: installed.version, updater: installed.updaterVersion };
  // What is below a version that was installed here once is no aim, but after an undo it may be a stop on the way back to that.
  const aim = climb(able, at).at(-1);
  const offered = aim === undefined || isBelow(aim, installed) ? null : aim;
  const way = offered === null ? null : pathTo(offered.version, able, at);
  const path: Release[] = way?.kind === "path" ? way.releases : [];
  const below = able.filter((release) => isBelow(release, installed) && !path.includes(release));
  const fitting = able.filter((release) => !below.includes(release));
  const top = offered?.version ?? installed.version;
  const reachable = fitting.filter((release) => lte(release.version, top));
  const unreachable = fitting.filter((release) => gt(release.version, top));
  return {
    offered,
    path,
    ordinary: ordinaryOf(
      reachable.filter((release) => !isBelow(release, installed)),
      offered,
      at,
    ),
    missed: reachable.toSorted((a, b) => rcompare(a.version, b.version)),
    refused: [
      ...judged.flatMap(({ release, refusal }) => (refusal === null ? [] : [{ version: release.version, refusal }])),
      ...below.map(({ version }) => ({ version, refusal: belowRefusal(version, installed.highestCommitted ?? version) })),
      ...unreachable.map((release) => ({ version: release.version, refusal: whyUnreachable(release, installed, top) })),
    ].toSorted((a, b) => rcompare(a.version, b.version)),
  };
}

function isBelow({ version }: Release, { highestCommitted }: Installed): boolean {
  return highestCommitted !== null && lt(version, highestCommitted);
}

function belowRefusal(version: Version, committed: Version): SelectionRefusal {
  return { code: "release-below-committed", details: { version, committed } };
}

function ordinaryOf(releases: readonly Release[], offered: Release | null, at: Standing): Release | null {
  const isOrdinary = ({ version }: Release) => {
    const path = pathTo(version, releases, at);
    const way = path.kind === "path" ? { path: path.releases, passed: passed(version, releases, at.version) } : null;
    return way !== null && breakingOf(at.version, way) === null;
  };
  const newest = releases.toSorted((a, b) => rcompare(a.version, b.version)).find(isOrdinary) ?? null;
  return newest === offered ? null : newest;
}

/** What forbids a release from any version that could be installed before it. */
function refusalOf({ version, manifest }: Release, installed: Installed, now: Date): SelectionRefusal | null {
  const { expires, node, postgres } = manifest;
  if (Date.parse(expires) <= now.getTime()) return { code: "release-expired", details: { version, expires } };
  const least = coerce(node.min);
  if (least === null || lt(installed.node, least)) {
    return { code: "release-needs-node", details: { version, min: node.min, node: installed.node } };
  }
  const major = installed.postgresMajor;
  if (major !== null && (major < postgres.min || major > postgres.max)) {
    return { code: "release-needs-postgres", details: { version, min: postgres.min, max: postgres.max, postgres: major } };
  }
  return null;
}

function whyUnreachable({ version, manifest }: Release, installed: Installed, top: Version): SelectionRefusal {
  const { upgradeFrom, minUpdater } = manifest;
  if (lt(top, upgradeFrom)) {
    return { code: "release-needs-stop", details: { version, upgradeFrom, installed: installed.version } };
  }
  return { code: "release-needs-newer-updater", details: { version, minUpdater, updater: installed.updaterVersion } };
}
