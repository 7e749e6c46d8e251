import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { knownBundles, knownNag, knownOverview } from "../../../_update/known-overview.ts";
import { Updates } from "./updates.tsx";

export const metadata: Metadata = { title: "Updates" };

/** What runs, what is available, what was updated, and the way back. */
export default async function UpdatesPage() {
  await requireRole("admin");
  const [initial, nag, bundles] = await Promise.all([knownOverview(), knownNag(), knownBundles()]);
  return <Updates initial={initial} nag={nag} bundles={bundles} />;
}
