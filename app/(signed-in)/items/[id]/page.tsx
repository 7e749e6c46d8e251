import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../server/trpc/contract.ts";
import { requireRole } from "../../../_server/gate.ts";
import { ItemDetail } from "../item-detail.tsx";

export const metadata: Metadata = { title: "Item" };

/** One item. */
export default async function ItemPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("viewer");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <ItemDetail id={id.data} />;
}
