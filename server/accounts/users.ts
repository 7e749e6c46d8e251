import type { z } from "zod";
import type { OwnerActor, SignedInActor } from "../auth/actors.ts";
import { hashPassword, isPassword } from "../auth/passwords.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import { FieldError } from "../platform/field-error.ts";
import type {
  changePasswordInputSchema,
  createUserInputSchema,
  resetPasswordInputSchema,
  updateUserInputSchema,
  User,
} from "./contract.ts";
import { changeUser, findDisabledAt, findPasswordHash, findUsers, insertUser, lockOwners } from "./store.ts";

export function listUsers(db: Db, _actor: OwnerActor): Promise<User[]> {
  return findUsers(db);
}

export async function createUser(db: Db, _actor: OwnerActor, input: z.infer<typeof createUserInputSchema>): Promise<User> {
  const { password, ...user } = input;
  return insertUser(db, { ...user, passwordHash: await hashPassword(password) });
}

/** Name, role, and whether the user may sign in. The last owner who can sign in stays one. `db` is a transaction. */
export function updateUser(clock: Clock) {
  return async (db: Db, _actor: OwnerActor, input: z.infer<typeof updateUserInputSchema>): Promise<User> => {
    await lockOwners(db);
    const id = BigInt(input.id);
    const disabledAt = input.disabled ? ((await findDisabledAt(db, id)) ?? clock.now()) : null;
    const user = await changeUser(db, id, { name: input.name, role: input.role, disabledAt });
    if (user === null) throw new AppError("not-found", { what: "user" });
    if ((await lockOwners(db)) === 0) throw new AppError("last-owner", {});
    return user;
  };
}

/** A new password for somebody; ends their sessions. */
export async function resetPassword(
  db: Db,
  _actor: OwnerActor,
  { id, password }: z.infer<typeof resetPasswordInputSchema>,
): Promise<User> {
  const user = await changeUser(db, BigInt(id), { passwordHash: await hashPassword(password) });
  if (user === null) throw new AppError("not-found", { what: "user" });
  return user;
}

/** A new password for oneself, proven by the present one. Ends all of one's sessions, this one too: the page signs in anew. */
export async function changePassword(
  db: Db,
  actor: SignedInActor,
  { current, next }: z.infer<typeof changePasswordInputSchema>,
): Promise<void> {
  if (!(await isPassword(await findPasswordHash(db, actor.id), current))) {
    throw new FieldError("current", { code: "current-password-wrong", details: {} });
  }
  await changeUser(db, actor.id, { passwordHash: await hashPassword(next) });
}
