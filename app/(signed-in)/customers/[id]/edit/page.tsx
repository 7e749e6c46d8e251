import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { idSchema } from "../../../../../server/trpc/contract.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { EditCustomer } from "../../edit-customer.tsx";

export const metadata: Metadata = { title: "Edit customer" };

/** Changes a customer. */
export default async function EditCustomerPage({ params }: { params: Promise<{ id: string }> }) {
  await requireRole("staff");
  const id = idSchema.safeParse((await params).id);
  if (!id.success) notFound();
  return <EditCustomer id={id.data} />;
}
