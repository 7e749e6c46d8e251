import type { Clock } from "../platform/clock.ts";
import type { AppDatabase } from "../platform/db.ts";
import type { KnownPerson } from "./session.ts";

const EVERY_MS = 5 * 60_000;

type Deps = { database: Pick<AppDatabase, "save">; clock: Pick<Clock, "now"> };

/** Writes down that somebody came, and with which token: every five minutes at most. Best effort, and nobody waits for it. */
export function noteSeen(deps: Deps, { person, lastSeenAt, token }: KnownPerson): void {
  const isOld = (at: Date | null) => deps.clock.now().getTime() - (at?.getTime() ?? 0) > EVERY_MS;
  if (isOld(lastSeenAt) || (token !== null && isOld(token.lastUsedAt))) rememberSeen(deps, { id: person.id, token });
}

/** It may be refused while saving is paused: that is fine, a later visit is noted. */
export function rememberSeen({ database, clock }: Deps, { id, token }: { id: bigint; token: { id: bigint } | null }): void {
  const now = clock.now();
  const seen = database.save(async (db) => {
    await db.user.updateMany({ where: { id }, data: { lastSeenAt: now } });
    if (token !== null) await db.apiToken.updateMany({ where: { id: token.id }, data: { lastUsedAt: now } });
  });
  seen.catch(() => undefined);
}
