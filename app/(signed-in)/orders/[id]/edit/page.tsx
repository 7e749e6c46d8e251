import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../../server/trpc/contract.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { EditOrder } from "../../open-order.tsx";

export const metadata: Metadata = { title: "Edit order" };

/** Changes an order. */
export default async function EditOrderPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("staff");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <EditOrder id={id.data} />;
}
