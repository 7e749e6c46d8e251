import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { FarmForm } from "./farm-form.tsx";

export const metadata: Metadata = { title: "Farm" };

/** The farm's name and currency. */
export default async function FarmSettingsPage() {
  await requireRole("admin");
  return <FarmForm />;
}
