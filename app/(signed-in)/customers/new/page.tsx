import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { PageHead } from "../../../_ui/page-head.tsx";
import { CustomerForm } from "../customer-form.tsx";

export const metadata: Metadata = { title: "New customer" };

/** Adds a customer. */
export default async function NewCustomerPage() {
  await requireRole("staff");
  return (
    <>
      <PageHead title="New customer" back={{ href: "/customers", text: "Customers" }} />
      <CustomerForm customer={null} />
    </>
  );
}
