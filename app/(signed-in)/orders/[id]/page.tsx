import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../server/trpc/contract.ts";
import { requireRole } from "../../../_server/gate.ts";
import { OrderDetail } from "../order-detail.tsx";

export const metadata: Metadata = { title: "Order" };

/** One order. */
export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("viewer");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <OrderDetail id={id.data} />;
}
