import type { Metadata } from "next";
import { serverCaller } from "../../../../_server/caller.ts";
import { requireRole } from "../../../../_server/gate.ts";
import { Imports } from "./imports.tsx";

export const metadata: Metadata = { title: "Import" };

/** Brings data in from an export, or from another tool's file. */
export default async function ImportPage() {
  await requireRole("admin");
  const caller = await serverCaller();
  // What the folder's trouble is, the page says when it asks itself.
  return <Imports initial={await caller.imports.list().catch(() => undefined)} statuses={await caller.orders.statuses()} />;
}
