import type { Metadata } from "next";
import { requireRole } from "../../_server/gate.ts";
import { includesRole } from "../../_client/roles.ts";
import { LinkButton } from "../../_ui/button.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { ItemsList } from "./items-list.tsx";

export const metadata: Metadata = { title: "Items" };

/** All items. */
export default async function ItemsPage() {
  const me = await requireRole("viewer");
  return (
    <>
      <PageHead
        title="Items"
        actions={
          includesRole(me.role, "staff") ? (
            <LinkButton variant="primary" href="/items/new">
              New item
            </LinkButton>
          ) : null
        }
      />
      <ItemsList />
    </>
  );
}
