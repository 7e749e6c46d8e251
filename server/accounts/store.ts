import { brokenConstraint } from "../platform/db-errors.ts";
import type { Db } from "../platform/db.ts";
import { FieldError } from "../platform/field-error.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import type { Role, User } from "./contract.ts";
import { roleSchema } from "./contract.ts";

const SELECT = {
  id: true,
  email: true,
  name: true,
  role: true,
  disabledAt: true,
  lastSeenAt: true,
  createdAt: true,
} satisfies Prisma.UserSelect;

export async function findUsers(db: Db): Promise<User[]> {
  const rows = await db.user.findMany({ select: SELECT, orderBy: [{ name: "asc" }, { id: "asc" }] });
  return rows.map(toUser);
}

export async function isEmpty(db: Db): Promise<boolean> {
  return (await db.user.findFirst({ select: { id: true } })) === null;
}

export type NewUser = { email: string; name: string; role: Role; passwordHash: string };

/** Throws `already-taken` for an e-mail address that another user has. */
export async function insertUser(db: Db, data: NewUser): Promise<User> {
  try {
    return toUser(await db.user.create({ data, select: SELECT }));
  } catch (error) {
    if (brokenConstraint(error)?.name !== "users_email_key") throw error;
    throw new FieldError("email", { code: "already-taken", details: { what: "e-mail address" } }, { cause: error });
  }
}

/** `null` when there is no such user. */
export async function changeUser(
  db: Db,
  id: bigint,
  data: { name?: string; role?: Role; disabledAt?: Date | null; passwordHash?: string },
): Promise<User | null> {
  const [row] = await db.user.updateManyAndReturn({ where: { id }, data, select: SELECT });
  return row === undefined ? null : toUser(row);
}

export async function findDisabledAt(db: Db, id: bigint): Promise<Date | null> {
  return (await db.user.findUnique({ where: { id }, select: { disabledAt: true } }))?.disabledAt ?? null;
}

export async function findPasswordHash(db: Db, id: bigint): Promise<string | null> {
  return (await db.user.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash ?? null;
}

/** How many owners can sign in. Locks their rows until the transaction ends, so that two owners cannot remove each other at once. */
export async function lockOwners(db: Db): Promise<number> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT id FROM users WHERE role = 'owner' AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
  return rows.length;
}

/** Makes other transactions that set up wait for the end of this one. */
export async function lockSetup(db: Db): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('filaops.setup'))`;
}

type Row = Prisma.UserGetPayload<{ select: typeof SELECT }>;

function toUser({ id, role, disabledAt, lastSeenAt, createdAt, ...rest }: Row): User {
  return {
    ...rest,
    id: String(id),
    role: roleSchema.parse(role),
    disabled: disabledAt !== null,
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
