import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { knownNag, knownOverview } from "../../../_update/known-overview.ts";
import { Updates } from "./updates.tsx";

export const metadata: Metadata = { title: "Updates" };

/** What runs, what is available, what was updated, and the way back. */
export default async function UpdatesPage() {
  await requireRole("admin");
  const [initial, nag] = await Promise.all([knownOverview(), knownNag()]);
  return <Updates initial={initial} nag={nag} />;
}
