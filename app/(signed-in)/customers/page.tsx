import type { Metadata } from "next";
import { requireRole } from "../../_server/gate.ts";
import { includesRole } from "../../_client/roles.ts";
import { LinkButton } from "../../_ui/button.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { CustomersList } from "./customers-list.tsx";

export const metadata: Metadata = { title: "Customers" };

/** All customers. */
export default async function CustomersPage() {
  const me = await requireRole("viewer");
  return (
    <>
      <PageHead
        title="Customers"
        actions={
          includesRole(me.role, "staff") ? (
            <LinkButton variant="primary" href="/customers/new">
              New customer
            </LinkButton>
          ) : null
        }
      />
      <CustomersList />
    </>
  );
}
