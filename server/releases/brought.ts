import { lte } from "semver";
import type { Version } from "../platform/contract.ts";
import { printable } from "../platform/tar-file.ts";
import type { BundleItem } from "./bundle-contract.ts";
import type { LaidBundle } from "./bundles.ts";
import type { ReleaseStatus } from "./contract.ts";
import type { Brought } from "./status.ts";

/** What the bundles that are here add to what is known. Those that are not newer than what is installed are passed over in silence. */
export function broughtBy(laid: readonly LaidBundle[], installed: Version): Brought {
  const counting = laid.filter((bundle) => !isPassed(bundle, installed));
  const good = counting.filter(({ problem }) => problem === null);
  return {
    releases: good.flatMap(({ release }) => (release === null ? [] : [release])),
    refused: counting.flatMap(({ name, problem }) => (problem === null ? [] : [{ tag: printable(name), problem }])),
    at:
      good
        .map(({ laidAt }) => laidAt)
        .toSorted()
        .at(-1) ?? null,
  };
}

/** What becomes of each bundle, by what the check offers. */
export function itemsOf(laid: readonly LaidBundle[], status: ReleaseStatus, installed: Version): BundleItem[] {
  return laid.map((bundle) => {
    const { name, bytes, laidAt, release } = bundle;
    return { name, bytes, laidAt, version: release?.version ?? null, ...stateOf(bundle, status, installed) };
  });
}

function stateOf(bundle: LaidBundle, status: ReleaseStatus, installed: Version): Pick<BundleItem, "state" | "problem"> {
  const { release, problem } = bundle;
  if (isPassed(bundle, installed)) return { state: "passed", problem: null };
  if (problem !== null || release === null) return { state: "refused", problem };
  const { version } = release;
  if (status.kind === "available" && status.missed.some((one) => one.version === version)) {
    return { state: "available", problem: null };
  }
  const said = status.refused?.find(({ tag }) => tag === version)?.problem;
  return { state: "refused", problem: said ?? (status.kind === "unknown" ? status.problem : null) };
}

function isPassed({ release }: LaidBundle, installed: Version): boolean {
  return release !== null && lte(release.version, installed);
}
