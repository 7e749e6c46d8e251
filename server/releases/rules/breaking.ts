import { major, minor } from "semver";
import type { Version } from "../../platform/contract.ts";
import type { Breaking, Release } from "../contract.ts";

/** A way to a newer version: the releases that are installed, and all that are passed, each in order. The last of both is the version that is wanted. */
export type Way = { path: readonly [Release, ...Release[]]; passed: readonly Release[] };

/**
 * What the way breaks; `null` when it is an ordinary update. The changes are those of every release that is passed, installed or not; whether the data is
 * carried over is for the releases to say that are installed, each for all versions that may jump to it.
 */
export function breakingOf(installed: Version, { path, passed }: Way): Breaking | null {
  const beginsMajor = (index: number) => {
    const before = index === 0 ? installed : passed[index - 1]?.version;
    return before !== undefined && isMajorStep(before, passed[index]?.version ?? before);
  };
  const releases = passed
    .filter(({ manifest }, index) => manifest.breaking.length > 0 || beginsMajor(index))
    .map(({ version, manifest }) => ({ version, changes: manifest.breaking }));
  const target = path.at(-1)?.version ?? installed;
  const reasons: Breaking["reasons"] = [
    ...(isMajorStep(installed, target) ? (["major"] as const) : []),
    ...(releases.some(({ changes }) => changes.length > 0) ? (["listed"] as const) : []),
    ...(path.length > 1 ? (["stop"] as const) : []),
  ];
  const notMigratable = path.filter(({ manifest }) => !manifest.migratable).map(({ version }) => version);
  return reasons.length === 0 && notMigratable.length === 0
    ? null
    : { reasons: reasons.length === 0 ? ["listed"] : reasons, releases, notMigratable };
}

/** Whether a step goes into another major. Below 1.0.0 the minor stands for it, as semver has it; what comes behind a dash counts for nothing. */
export function isMajorStep(from: Version, to: Version): boolean {
  const [before, after] = [major(from), major(to)];
  return before !== after || (after === 0 && minor(from) !== minor(to));
}
