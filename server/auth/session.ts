import { createHash } from "node:crypto";
import { decode } from "next-auth/jwt";
import { z } from "zod";
import { idSchema } from "../trpc/contract.ts";
import type { Db } from "../platform/db.ts";
import type { Person } from "./actors.ts";
import { roleSchema } from "../accounts/contract.ts";

/** What a session says: whose it is, and two marks that make it end when the password changes or all sessions are ended (a restore). */
export const sessionClaimsSchema = z.object({ sub: idSchema, epoch: z.int(), mark: z.string() });
type SessionClaims = z.infer<typeof sessionClaimsSchema>;

export type SessionDeps = {
  db: Db;
  secret: string;
  /** Whether people come by https, which decides the cookie's name and whether it is `Secure`. */
  secure: boolean;
  /** The session epoch, which lies outside of the database. */
  epoch: () => Promise<number>;
};

const SELECT = { id: true, name: true, email: true, role: true, disabledAt: true, passwordHash: true, lastSeenAt: true } as const;

/** A person, with the marks of when they (and the token they came with) were last seen. */
export type KnownPerson = { person: Person; lastSeenAt: Date | null; token: { id: bigint; lastUsedAt: Date | null } | null };

export function sessionCookie(secure: boolean): string {
  return secure ? "__Secure-filaops.session" : "filaops.session";
}

/** A mark of the password as it is now. Tells nothing about it: it is made of the hash, and cut. */
export function passwordMark(passwordHash: string): string {
  return createHash("sha256").update(passwordHash).digest("base64url").slice(0, 16);
}

/** Who asks, by session or by API token, as the database has them at this moment; `null` for nobody, and for everybody who may no longer. */
export async function personOf(headers: Headers, deps: SessionDeps): Promise<KnownPerson | null> {
  const token = bearerOf(headers);
  return token === null ? personOfSession(headers, deps) : personOfToken(token, deps);
}

/** The API token of a request, if it carries one. Such a request counts as its token only: its cookies are not looked at. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}

function cookieOf(headers: Headers, name: string): string | null {
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [key, ...value] = part.split("=");
    if (key?.trim() === name) return value.join("=").trim();
  }
  return null;
}

/** What is kept of an API token. It has 256 random bits, so no slow hash is needed. */
export function tokenHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether the session of these headers is one of ours that ended with all others: a backup was restored, or that was undone. */
export async function endedWithAll(headers: Headers, deps: Pick<SessionDeps, "secret" | "secure" | "epoch">): Promise<boolean> {
  const cookie = cookieOf(headers, sessionCookie(deps.secure));
  const claims = cookie === null ? null : await claimsOf(cookie, deps.secret);
  return claims !== null && claims.epoch < (await deps.epoch());
}

async function personOfSession(headers: Headers, deps: SessionDeps): Promise<KnownPerson | null> {
  const cookie = cookieOf(headers, sessionCookie(deps.secure));
  const claims = cookie === null ? null : await claimsOf(cookie, deps.secret);
  if (claims?.epoch !== (await deps.epoch())) return null;
  const user = await deps.db.user.findUnique({ where: { id: BigInt(claims.sub) }, select: SELECT });
  return user !== null && passwordMark(user.passwordHash) === claims.mark ? known(user) : null;
}

async function personOfToken(secret: string, deps: SessionDeps): Promise<KnownPerson | null> {
  const select = { id: true, lastUsedAt: true, user: { select: SELECT } } as const;
  const token = await deps.db.apiToken.findUnique({ where: { secretHash: tokenHash(secret) }, select });
  return token === null ? null : known(token.user, { id: token.id, lastUsedAt: token.lastUsedAt });
}

async function claimsOf(token: string, secret: string): Promise<SessionClaims | null> {
  try {
    return sessionClaimsSchema.safeParse(await decode({ token, secret })).data ?? null;
  } catch {
    // A cookie that we did not seal, or that is too old: the library throws different things for each.
    return null;
  }
}

type Row = { id: bigint; name: string; email: string; role: string; disabledAt: Date | null; lastSeenAt: Date | null };

function known({ id, name, email, role, disabledAt, lastSeenAt }: Row, token: KnownPerson["token"] = null): KnownPerson | null {
  return disabledAt === null ? { person: { id, name, email, role: roleSchema.parse(role) }, lastSeenAt, token } : null;
}
