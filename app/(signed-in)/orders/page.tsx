import type { Metadata } from "next";
import { requireRole } from "../../_server/gate.ts";
import { includesRole } from "../../_client/roles.ts";
import { LinkButton } from "../../_ui/button.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { OrdersList } from "./orders-list.tsx";

export const metadata: Metadata = { title: "Orders" };

/** All orders. */
export default async function OrdersPage() {
  const me = await requireRole("viewer");
  return (
    <>
      <PageHead
        title="Orders"
        actions={
          includesRole(me.role, "staff") ? (
            <LinkButton variant="primary" href="/orders/new">
              New order
            </LinkButton>
          ) : null
        }
      />
      <OrdersList />
    </>
  );
}
