import type { Release } from "../contract.ts";

/**
 * The releases of the feed and of bundles, each version once. Where both have one, the bundle's artifact and manifest count, which are here, and what the
 * feed says besides.
 */
export function withBundles(listed: ReadonlyMap<string, Release>, bundles: readonly Release[]): Map<string, Release> {
  const merged = new Map(listed);
  for (const bundle of bundles) {
    const known = listed.get(bundle.version);
    merged.set(bundle.version, known === undefined ? bundle : { ...bundle, notes: known.notes, url: known.url });
  }
  return merged;
}
