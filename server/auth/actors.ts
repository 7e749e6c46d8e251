import type { Role } from "../accounts/contract.ts";

/**
 * The right to act is a value. A use case that changes something asks for the right that it needs, and only the gates below hand one out, so
 * it cannot be called without them. Each right includes the ones before it.
 */
declare const right: unique symbol;
type With<Right extends string> = { readonly [right]: Readonly<Record<Right, true>> };

/** A user as the database has them now, not as their session remembers them. */
export type Person = { readonly id: bigint; readonly name: string; readonly email: string; readonly role: Role };

/** May read. */
export type SignedInActor = Person & With<"read">;
/** May edit customers, items and orders: staff, admin, owner. */
export type EditorActor = Person & With<"read" | "edit">;
/** May update, undo, back up, give tokens: admin, owner. */
export type AdminActor = Person & With<"read" | "edit" | "administer">;
/** May look after users and keys. */
export type OwnerActor = Person & With<"read" | "edit" | "administer" | "own">;

const ROLES: readonly Role[] = ["viewer", "staff", "admin", "owner"];

/** Whether a role includes another one. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

// The casts below are the gates: the brand exists in types only.

export function asSignedIn(person: Person): SignedInActor {
  return person as SignedInActor;
}

export function asEditor(person: Person): EditorActor | null {
  return includesRole(person.role, "staff") ? (person as EditorActor) : null;
}

export function asAdmin(person: Person): AdminActor | null {
  return includesRole(person.role, "admin") ? (person as AdminActor) : null;
}

export function asOwner(person: Person): OwnerActor | null {
  return includesRole(person.role, "owner") ? (person as OwnerActor) : null;
}
