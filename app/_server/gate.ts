import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { Me, Role } from "../../server/accounts/contract.ts";
import { includesRole } from "../../server/auth/actors.ts";
import { endedWithAll } from "../../server/auth/session.ts";
import { pageContext } from "./caller.ts";
import { PATH_HEADER } from "./path-header.ts";

/**
 * Who asked for the page, if their role (read from the database now) includes the needed one. Everybody else is led away: to the sign-in page,
 * or, signed in without the right, to "not found". Every page calls it itself; a layout is no gate.
 */
export async function requireRole(role: Role): Promise<Me> {
  const person = await (await pageContext()).person();
  if (person === null) redirect(signInAddress((await headers()).get(PATH_HEADER)));
  if (!includesRole(person.role, role)) notFound();
  return { id: String(person.id), name: person.name, email: person.email, role: person.role };
}

/** Whether who asks was signed in and is not any more, because all sessions were ended. */
export async function wasSignedOut(): Promise<boolean> {
  const { headers: asked, web } = await pageContext();
  return endedWithAll(asked, web);
}

function signInAddress(from: string | null): string {
  return from === null || from === "/" ? "/sign-in" : `/sign-in?from=${encodeURIComponent(from)}`;
}
