import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../server/trpc/contract.ts";
import { requireRole } from "../../../_server/gate.ts";
import { CustomerDetail } from "../customer-detail.tsx";

export const metadata: Metadata = { title: "Customer" };

/** One customer. */
export default async function CustomerPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("viewer");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <CustomerDetail id={id.data} />;
}
