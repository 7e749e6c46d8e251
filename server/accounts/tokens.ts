import { randomBytes } from "node:crypto";
import type { AdminActor } from "../auth/actors.ts";
import { tokenHash } from "../auth/session.ts";
import type { AppDatabase, Db } from "../platform/db.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import type { Token } from "./contract.ts";

const SELECT = {
  id: true,
  name: true,
  createdAt: true,
  lastUsedAt: true,
  user: { select: { id: true, name: true } },
} satisfies Prisma.ApiTokenSelect;

export async function listTokens(db: Db, _actor: AdminActor): Promise<Token[]> {
  const rows = await db.apiToken.findMany({ select: SELECT, orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
  return rows.map(toToken);
}

/** A token that acts as its maker. The secret is in this answer and nowhere else: only its hash is kept. */
export async function createToken(
  database: AppDatabase,
  actor: AdminActor,
  { name }: { name: string },
): Promise<{ token: Token; secret: string }> {
  const secret = `filaops_${randomBytes(32).toString("base64url")}`;
  const data = { userId: actor.id, name, secretHash: tokenHash(secret) };
  const row = await database.save((db) => db.apiToken.create({ data, select: SELECT }));
  return { token: toToken(row), secret };
}

/** The token stops working at once; that it is gone already is fine. Revoking takes a right away, so an admin may do it to any token. */
export async function revokeToken(db: Db, _actor: AdminActor, id: string): Promise<void> {
  await db.apiToken.deleteMany({ where: { id: BigInt(id) } });
}

function toToken({ id, user, createdAt, lastUsedAt, name }: Prisma.ApiTokenGetPayload<{ select: typeof SELECT }>): Token {
  return {
    id: String(id),
    name,
    user: { id: String(user.id), name: user.name },
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
