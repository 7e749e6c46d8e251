import type { Db } from "../platform/db.ts";
import type { Cap, Dismissal } from "./contract.ts";
import { capSchema, dismissalSchema } from "./contract.ts";

const CAP_KEY = "updateNoticeCap";

/** How this person put a notice away last; `null` when they never did, or when somebody wrote there by hand what it cannot be. */
export async function findDismissal(db: Db, user: bigint): Promise<Dismissal | null> {
  const row = await db.user.findUnique({
    where: { id: user },
    select: {
      updateDismissedKind: true,
      updateDismissedVersion: true,
      updateDismissedAt: true,
      updateDismissedUntil: true,
    },
  });
  const dismissal = {
    kind: row?.updateDismissedKind,
    version: row?.updateDismissedVersion,
    at: row?.updateDismissedAt?.toISOString(),
    until: row?.updateDismissedUntil?.toISOString() ?? null,
  };
  return dismissalSchema.safeParse(dismissal).data ?? null;
}

/** By hand, since nobody changed the user: `updated_at` stays. `db` is a transaction. */
export async function writeDismissal(db: Db, user: bigint, { kind, version, at, until }: Dismissal): Promise<void> {
  await db.$executeRaw`
    UPDATE users SET update_dismissed_kind = ${kind}, update_dismissed_version = ${version},
      update_dismissed_at = ${new Date(at)}, update_dismissed_until = ${until === null ? null : new Date(until)}
     WHERE id = ${user}`;
}

/** The owner's cap, whether or not it holds still; `null` when there is none, or none that can be read. */
export async function findCap(db: Db): Promise<Cap | null> {
  const row = await db.setting.findUnique({ where: { key: CAP_KEY }, select: { value: true } });
  return capSchema.safeParse(row?.value).data ?? null;
}

/** `db` is a transaction. */
export async function writeCap(db: Db, cap: Cap | null): Promise<void> {
  if (cap === null) {
    await db.setting.deleteMany({ where: { key: CAP_KEY } });
    return;
  }
  const select = { key: true } as const;
  await db.setting.upsert({ where: { key: CAP_KEY }, create: { key: CAP_KEY, value: cap }, update: { value: cap }, select });
}
