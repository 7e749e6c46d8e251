import type { Metadata } from "next";
import { requireRole } from "../../../_server/gate.ts";
import { Backups } from "./backups.tsx";
import { knownBackups } from "./known-backups.ts";

export const metadata: Metadata = { title: "Backups" };

/** What is backed up, whether it can be relied on, and the way to restore it. */
export default async function BackupsPage() {
  await requireRole("admin");
  return <Backups initial={await knownBackups()} />;
}
