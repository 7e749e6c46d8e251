import type { CheckSettings, Manifest } from "../contract.ts";

/** Whether a listed release is of a channel: pre-releases, by the feed's flag, are for who wants to try things out, and stable ones for everybody. */
export function isOnChannel({ prerelease }: { prerelease: boolean }, channel: CheckSettings["channel"]): boolean {
  return channel === "beta" || !prerelease;
}

/**
 * Whether a release that is given to a part of all installations first is given to this one: `place` is where it stands among them for this release, in
 * [0, 1). A larger part holds all of a smaller one, so what was offered once stays offered.
 */
export function isRolledOut({ percent }: Manifest["rollout"], place: number): boolean {
  return place * 100 < percent;
}
