import { createHmac } from "node:crypto";
import type { SignedInActor } from "../auth/actors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import type { Prisma } from "../platform/generated/prisma/client.ts";
import { idempotencyKeySchema } from "../updater/contract.ts";

const KEPT_MS = 48 * 60 * 60 * 1000;

export type Save = {
  actor: SignedInActor;
  /** The header's value; `null` when none was sent, and then nothing is remembered. */
  key: string | null;
  procedure: string;
  input: unknown;
};

/** What an earlier call with this key answered. */
export type Repeated = { repeated: true; result: Prisma.JsonValue };
export type First = { repeated: false; remember: (result: unknown) => Promise<void> };

/**
 * Claims the key of a save, inside of the transaction that saves: key and save come to be together or not at all. A second call with the key
 * waits here until the first has ended, then gets its answer. The same key with another procedure or other content is refused.
 */
export async function claimKey(
  db: Db,
  save: Save,
  { secret, clock }: { secret: string; clock: Clock },
): Promise<First | Repeated> {
  if (save.key === null) return { repeated: false, remember: () => Promise.resolve() };
  const key = parseKey(save.key);
  const userId = save.actor.id;
  // Keyed, since inputs may hold passwords: without the key the hash could be tried offline.
  const inputHash = createHmac("sha256", secret)
    .update(JSON.stringify([save.procedure, save.input ?? null]))
    .digest("hex");
  await db.idempotencyKey.deleteMany({ where: { userId, createdAt: { lt: new Date(clock.now().getTime() - KEPT_MS) } } });
  const { count } = await db.idempotencyKey.createMany({
    data: [{ userId, key, procedure: save.procedure, inputHash }],
    skipDuplicates: true,
  });
  const where = { userId_key: { userId, key } };
  if (count === 1) {
    return {
      repeated: false,
      remember: async (result) => {
        await db.idempotencyKey.update({ where, data: { result: result as Prisma.InputJsonValue }, select: { id: true } });
      },
    };
  }
  const first = await db.idempotencyKey.findUniqueOrThrow({
    where,
    select: { procedure: true, inputHash: true, result: true },
  });
  if (first.procedure !== save.procedure || first.inputHash !== inputHash) throw new AppError("key-reused", {});
  return { repeated: true, result: first.result };
}

function parseKey(text: string): string {
  const { data } = idempotencyKeySchema.safeParse(text);
  if (data === undefined) throw new AppError("input-invalid", { reason: "x-idempotency-key: 8 to 100 letters, digits, _ or -" });
  return data;
}
