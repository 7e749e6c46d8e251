import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ulidSchema } from "../../../../../server/platform/contract.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { PageHead } from "../../../../_ui/page-head.tsx";
import { LogCard } from "../../../../_update/log-card.tsx";

export const metadata: Metadata = { title: "Log of a backup" };

/** What a job (a backup, a check, a trial) did, step by step. */
export default async function JobPage({ params }: { params: Promise<{ run: string }> }) {
  await requireRole("admin");
  const run = ulidSchema.safeParse((await params).run);
  if (!run.success) notFound();
  return (
    <>
      <PageHead title="What happened" back={{ href: "/settings/backups", text: "Backups" }} />
      <LogCard run={run.data} follow={false} />
    </>
  );
}
