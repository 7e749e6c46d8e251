import type { OwnerActor } from "../auth/actors.ts";
import type { Db } from "../platform/db.ts";
import { FieldError } from "../platform/field-error.ts";
import { capInForce, dismissalOf } from "../releases/rules/nag.ts";
import type { Cap, Dismissal } from "./contract.ts";
import type { Asking } from "./state.ts";
import { stateNow } from "./state.ts";
import { writeCap, writeDismissal } from "./store.ts";

/**
 * Puts the notice away for this person, on all their devices. What they saw may be old: a notice that is about another version by now stays, and so
 * does one that cannot be put away in this way. Throws what asking the updater throws.
 */
export async function dismiss(asking: Asking, { version, kind }: Pick<Dismissal, "version" | "kind">): Promise<void> {
  const { web, actor } = asking;
  const { notice } = await stateNow(asking);
  const dismissal = notice.newest === version ? dismissalOf(notice, kind, web.clock.now()) : null;
  if (dismissal !== null) await web.database.save((db) => writeDismissal(db, actor.id, dismissal));
}

/** Holds notices back, or lets them go again. Throws `cap-out-of-range`. `db` is a transaction. */
export async function setCap(
  db: Db,
  actor: OwnerActor,
  { cap, now }: { cap: Pick<Cap, "level" | "reason" | "until"> | null; now: Date },
): Promise<{ cap: Cap | null }> {
  const whole = cap === null ? null : { ...cap, by: actor.name, setAt: now.toISOString() };
  if (whole !== null && capInForce(whole, now) === null) throw new FieldError("until", { code: "cap-out-of-range", details: {} });
  await writeCap(db, whole);
  return { cap: whole };
}
