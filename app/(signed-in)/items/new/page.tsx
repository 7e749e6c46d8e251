import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { PageHead } from "../../../_ui/page-head.tsx";
import { ItemForm } from "../item-form.tsx";

export const metadata: Metadata = { title: "New item" };

/** Adds an item. */
export default async function NewItemPage() {
  await requireRole("staff");
  return (
    <>
      <PageHead title="New item" back={{ href: "/items", text: "Items" }} />
      <ItemForm item={null} />
    </>
  );
}
