import { signInInputSchema } from "../accounts/contract.ts";
import type { Clock } from "../platform/clock.ts";
import type { AppDatabase } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Attempts } from "./attempts.ts";
import { isPassword } from "./passwords.ts";
import { rememberSeen } from "./last-seen.ts";
import { passwordMark } from "./session.ts";

export type SignInDeps = { database: AppDatabase; attempts: Attempts; epoch: () => Promise<number>; clock: Clock };
export type SignedIn = { id: string; name: string; email: string; epoch: number; mark: string };

/**
 * Proves who somebody is. `null` for an unknown address, a wrong password and a disabled user alike, after about the same time. Throws
 * `too-many-attempts`. Writes nothing that it needs, so people can sign in while an update pauses saving.
 */
export async function signIn(input: unknown, address: string, deps: SignInDeps): Promise<SignedIn | null> {
  const parsed = signInInputSchema.safeParse(input);
  if (!parsed.success) return null;
  const { email, password } = parsed.data;
  if (!(await deps.attempts.begin(email, address))) throw new AppError("too-many-attempts", { minutes: deps.attempts.minutes });
  const select = { id: true, name: true, email: true, passwordHash: true, disabledAt: true } as const;
  const user = await deps.database.read.user.findUnique({ where: { email }, select });
  const right = await isPassword(user?.passwordHash ?? null, password);
  if (user === null || !right || user.disabledAt !== null) return null;
  await deps.attempts.succeeded(email, address);
  rememberSeen(deps, { id: user.id, token: null });
  const { id, name, passwordHash } = user;
  return { id: String(id), name, email, epoch: await deps.epoch(), mark: passwordMark(passwordHash) };
}

/** The asker's address as the gate wrote it: the last one, since those before it are the asker's own words. */
export function addressOf(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "unknown";
}
