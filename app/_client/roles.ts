import type { Role } from "../../server/accounts/contract.ts";

/** What a role is called, and what it may do, in a sentence. */
export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  owner: { name: "Owner", may: "May do everything, also restore backups, start fresh and manage users." },
  admin: {
    name: "Admin",
    may: "May update FilaOps, make backups, change settings and make API tokens, besides all that staff may do.",
  },
  staff: { name: "Staff", may: "May add and change customers, items and orders." },
  viewer: { name: "Viewer", may: "May look at everything and change nothing." },
};

/** Whether a role includes the rights of another: owner, admin, staff, viewer, each with all that comes after it. */
export function includesRole(role: Role, needed: Role): boolean {
  const order: readonly Role[] = ["owner", "admin", "staff", "viewer"];
  return order.indexOf(role) <= order.indexOf(needed);
}
