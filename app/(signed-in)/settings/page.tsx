import { redirect } from "next/navigation";
import { requireRole } from "../../_server/gate.ts";
import { settingsLinks } from "./links.ts";

/** The first of the settings that the reader may open. */
export default async function SettingsPage() {
  const me = await requireRole("viewer");
  redirect(settingsLinks(me.role)[0]?.href ?? "/settings/account");
}
