import type { Role } from "../../../server/accounts/contract.ts";
import { includesRole } from "../../_client/roles.ts";

const LINKS: { href: string; text: string; role: Role }[] = [
  { href: "/settings/farm", text: "Farm", role: "admin" },
  { href: "/settings/users", text: "Users", role: "owner" },
  { href: "/settings/tokens", text: "API tokens", role: "admin" },
  { href: "/settings/data", text: "Data", role: "admin" },
  { href: "/settings/updates", text: "Updates", role: "admin" },
  { href: "/settings/backups", text: "Backups", role: "admin" },
  { href: "/settings/copies", text: "Copies elsewhere", role: "admin" },
  { href: "/settings/disk", text: "Disk", role: "admin" },
  { href: "/settings/messages", text: "Messages", role: "admin" },
  { href: "/settings/account", text: "My account", role: "viewer" },
];

/** The pages of the settings that a role may open; nobody is shown a door that is shut. */
export function settingsLinks(role: Role): { href: string; text: string }[] {
  return LINKS.filter((link) => includesRole(role, link.role)).map(({ href, text }) => ({ href, text }));
}
