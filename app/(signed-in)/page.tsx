import type { Metadata } from "next";
import { requireRole } from "../_server/gate.ts";
import { includesRole } from "../_client/roles.ts";
import { LinkButton } from "../_ui/button.tsx";
import { PageHead } from "../_ui/page-head.tsx";
import { Dashboard } from "./_dashboard/dashboard.tsx";

export const metadata: Metadata = { title: "Dashboard" };

/** What a farm wants to know first. */
export default async function DashboardPage() {
  const me = await requireRole("viewer");
  return (
    <>
      <PageHead
        title="Dashboard"
        actions={
          includesRole(me.role, "staff") ? (
            <LinkButton variant="primary" href="/orders/new">
              New order
            </LinkButton>
          ) : null
        }
      />
      <Dashboard />
    </>
  );
}
