import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ulidSchema } from "../../../../../server/platform/contract.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { knownOverview } from "../../../../_update/known-overview.ts";
import { RunLog } from "./run-log.tsx";

export const metadata: Metadata = { title: "Update" };

/** One run in full, with its log. */
export default async function RunPage({ params }: { params: Promise<{ run: string }> }) {
  await requireRole("admin");
  const run = ulidSchema.safeParse((await params).run);
  if (!run.success) notFound();
  return <RunLog run={run.data} initial={await knownOverview()} />;
}
