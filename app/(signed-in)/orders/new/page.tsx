import type { Metadata } from "next";
import { idSchema } from "../../../../server/trpc/contract.ts";
import { requireRole } from "../../../_server/gate.ts";
import { NewOrder } from "../open-order.tsx";

export const metadata: Metadata = { title: "New order" };

/** Places an order; the address may say for which customer. */
export default async function NewOrderPage({ searchParams }: { searchParams: Promise<{ customer?: string | string[] }> }) {
  await requireRole("staff");
  const customer = idSchema.safeParse((await searchParams).customer);
  return <NewOrder customerId={customer.success ? customer.data : null} />;
}
