import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { Disk } from "./disk.tsx";

export const metadata: Metadata = { title: "Disk" };

/** What FilaOps takes on the disk, and what of it goes. */
export default async function DiskPage() {
  await requireRole("admin");
  return <Disk />;
}
