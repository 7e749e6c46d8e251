import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { knownOverview } from "../../../_update/known-overview.ts";
import { Updates } from "./updates.tsx";

export const metadata: Metadata = { title: "Updates" };

/** What runs, what is available, what was updated, and the way back. */
export default async function UpdatesPage() {
  await requireRole("admin");
  return <Updates initial={await knownOverview()} />;
}
