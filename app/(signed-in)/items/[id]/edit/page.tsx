import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../../server/trpc/contract.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { EditItem } from "../../edit-item.tsx";

export const metadata: Metadata = { title: "Edit item" };

/** Changes an item. */
export default async function EditItemPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("staff");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <EditItem id={id.data} />;
}
