import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { serverCaller } from "../../../_server/caller.ts";
import { Data } from "./data.tsx";

export const metadata: Metadata = { title: "Data" };

/** The farm's data on its way out: exports, and sample data where there is nothing yet. */
export default async function DataPage() {
  await requireRole("admin");
  const caller = await serverCaller();
  return <Data initial={await caller.exports.list().catch(() => undefined)} />;
}
