import { hash, verify } from "@node-rs/argon2";

/** Argon2id with what OWASP asks for at least: 19 MiB, two passes, one lane (the library's defaults, written down so that they stay). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

let decoy: Promise<string> | null = null;

/** Whether the password is right. Takes the same time when there is no such user (`null`), so that nobody can tell by the clock. */
export async function isPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword("nobody has this password");
  const right = await verify(passwordHash ?? (await decoy), password);
  return right && passwordHash !== null;
}
