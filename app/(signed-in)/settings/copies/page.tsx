import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { Copies } from "./copies.tsx";

export const metadata: Metadata = { title: "Copies elsewhere" };

/** Where backups are copied to, encrypted, so that they outlive this computer. */
export default async function CopiesPage() {
  await requireRole("admin");
  return <Copies />;
}
