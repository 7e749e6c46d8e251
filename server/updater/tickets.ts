import { randomBytes } from "node:crypto";
import type { Actor, Ulid } from "../platform/contract.ts";
import type { Clock } from "../platform/clock.ts";
import { AppError } from "../platform/errors.ts";

/** What a ticket is for: an archive of one backup on its way out, or one on its way in, or a release's bundle on its way in. */
export type Errand = { kind: "download"; backup: Ulid } | { kind: "upload" } | { kind: "bundle" };

export type Tickets = {
  issue: (errand: Errand, actor: Actor) => string;
  /** The errand of a ticket that was issued to this very actor, once. Throws `ticket-void`. */
  redeem: (ticket: string, kind: Errand["kind"], actor: Actor) => Errand;
};

const VALID_MS = 60_000;
/** Whoever asks for more without using them loses the oldest. */
const MOST = 100;

/** One-time tickets: who may do it was decided when it was issued, by a call that could be refused in words; the ticket itself is good for a minute. */
export function createTickets(clock: Clock): Tickets {
  const issued = new Map<string, { errand: Errand; holder: string; until: number }>();
  return {
    issue: (errand, actor) => {
      const ticket = randomBytes(24).toString("base64url");
      issued.set(ticket, { errand, holder: holderOf(actor), until: clock.monotonic() + VALID_MS });
      for (const oldest of [...issued.keys()].slice(0, -MOST)) issued.delete(oldest);
      return ticket;
    },
    redeem: (ticket, kind, actor) => {
      const found = issued.get(ticket);
      issued.delete(ticket);
      const isGood = found?.errand.kind === kind && found.holder === holderOf(actor) && clock.monotonic() <= found.until;
      if (!isGood) throw new AppError("ticket-void", {});
      return found.errand;
    },
  };
}

function holderOf(actor: Actor): string {
  return actor.kind === "user" ? `user ${actor.id}` : actor.kind;
}
