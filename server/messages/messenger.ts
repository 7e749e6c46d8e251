import { createHash } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import { newUlid } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import type { Channel, Delivery, Message, MessageSettings } from "./contract.ts";
import { whereOf } from "./contract.ts";
import type { Outbox } from "./outbox.ts";
import { failureError, failureProblem } from "./problem.ts";
import { MAX_ATTEMPTS, tryAgainAt } from "./rules/attempts.ts";
import { isDue, isOver } from "./rules/outbox-state.ts";
import { hasToWait } from "./rules/quiet-hours.ts";
import type { MessageFacts, Notice } from "./rules/what-to-tell.ts";
import { overtakenBy, whatToTell } from "./rules/what-to-tell.ts";
import { testWords } from "./rules/words.ts";
import type { Send } from "./run-sender.ts";

/** Whose messages these are: part of each of them. `farm` is `null` where that cannot be found out just now. */
export type Sign = { farm: string | null; version: string; publicUrl: string };

export type MessengerDeps = {
  settings: () => Promise<MessageSettings>;
  secretOf: (channel: string) => Promise<string | null>;
  facts: () => Promise<MessageFacts>;
  sign: () => Promise<Sign>;
  /** Makes ids differ between installations. */
  instanceId: string;
  outbox: Outbox;
  send: Send;
  clock: Pick<Clock, "now">;
  log: Log;
  /** In [0, 1). */
  random: () => number;
};

export type Messenger = {
  /** One look: what is to be told is queued, and what is due is sent. Returns when all of it was tried. */
  look: () => Promise<void>;
  /** Sends a test at once and waits for what comes of it; throws why it was not taken. */
  test: (channel: Channel, secret: string | null) => Promise<Delivery>;
};

/**
 * Tells people elsewhere. A delivery is written down before it is tried and marked afterwards, so that none is made twice, but for one: the one that was
 * under way when we were killed. It is made again with the same id, by which a receiver can know it.
 */
export function createMessenger(deps: MessengerDeps): Messenger {
  const { outbox, clock, log } = deps;
  /** Under way in this process: not what a killed one left behind. */
  const busy = new Set<string>();

  const attempt = async (
    delivery: Delivery,
    { channel, secret }: { channel: Channel; secret: string | null },
    allowed: string[],
  ) => {
    const { id, message } = delivery;
    const number = delivery.attempts + 1;
    busy.add(id);
    try {
      await outbox.add([{ type: "sending", id, attempt: number, at: clock.now().toISOString() }]);
      const now = Math.floor(clock.now().getTime() / 1000);
      const answer = await deps.send({ message, target: channel.target, secret, allowed, now });
      const at = clock.now().toISOString();
      if (answer.ok) {
        await outbox.add([{ type: "sent", id, status: answer.status, at }]);
        return null;
      }
      const again =
        message.event === "test"
          ? null
          : tryAgainAt({ attempt: number, queuedAt: delivery.queuedAt, failure: answer.failure }, clock.now(), deps.random());
      const where = whereOf(channel.target);
      await outbox.add([
        { type: "failed", id, problem: failureProblem(answer.failure, where), again: again?.toISOString() ?? null, at },
      ]);
      log.warn({ delivery: id, kind: answer.failure.kind, again }, "a message was not delivered");
      return failureError(answer.failure, where);
    } finally {
      busy.delete(id);
    }
  };

  /** A farm that cannot be asked has the name that it signed with last. */
  const signed = async (): Promise<Signed> => {
    const { farm, ...sign } = await deps.sign();
    return { ...sign, farm: farm ?? outbox.state().deliveries.at(-1)?.message.farm ?? new URL(sign.publicUrl).host };
  };

  const queue = async (settings: MessageSettings, facts: MessageFacts) => {
    const notices = whatToTell(facts, { told: outbox.state().told, channels: settings.channels }, clock.now());
    if (notices.length === 0) return;
    const sign = await signed();
    await outbox.add(notices.map((notice) => queued(notice, { sign, settings, deps })));
  };

  /** One after the other; the first that fails keeps the others of its channel for the next look. */
  const deliver = async (channel: Channel, waiting: readonly Delivery[], settings: MessageSettings) => {
    for (const delivery of waiting) {
      if (hasToWait(settings.quiet, delivery.message, clock.now())) continue;
      const secret = await deps.secretOf(channel.id);
      if ((await attempt(delivery, { channel, secret }, settings.allowed)) !== null) return;
    }
  };

  const drop = async ({ id }: Delivery, why: string) => {
    await outbox.add([{ type: "dropped", id, why, at: clock.now().toISOString() }]);
  };

  return {
    look: async () => {
      const settings = await deps.settings();
      const isIdle = settings.channels.length === 0 && outbox.state().deliveries.every((one) => isOver(one));
      if (isIdle) return;
      const facts = await deps.facts();
      await queue(settings, facts);
      const due = outbox.state().deliveries.filter((one) => !busy.has(one.id) && isDue(one, clock.now()));
      const going: Delivery[] = [];
      for (const delivery of due) {
        const why = whyNot(delivery, { settings, facts });
        if (why === null) going.push(delivery);
        else await drop(delivery, why);
      }
      await Promise.all(
        settings.channels.map((channel) =>
          deliver(
            channel,
            going.filter((one) => one.channel === channel.id),
            settings,
          ),
        ),
      );
    },
    test: async (channel, secret) => {
      const [sign, settings] = [await signed(), await deps.settings()];
      const notice = testNotice(channel, clock);
      const line = queued(notice, { sign, settings: { ...settings, channels: [channel] }, deps });
      busy.add(line.id);
      await outbox.add([line]);
      const find = () => outbox.state().deliveries.find(({ id }) => id === line.id);
      const delivery = find();
      if (delivery === undefined) throw new Error("what was added to the outbox is not in it");
      const error = await attempt(delivery, { channel, secret }, settings.allowed);
      if (error !== null) throw error;
      return find() ?? delivery;
    },
  };
}

/** Why a delivery is not made any more. */
function whyNot(delivery: Delivery, { settings, facts }: { settings: MessageSettings; facts: MessageFacts }): string | null {
  if (!settings.channels.some(({ id }) => id === delivery.channel)) return "Its channel was removed.";
  // Somebody waited for a test, and does not any more.
  if (delivery.message.event === "test") return "FilaOps was started again meanwhile.";
  if (delivery.attempts >= MAX_ATTEMPTS) return "FilaOps was ended while it was being sent, each time.";
  return overtakenBy({ key: delivery.key, event: delivery.message.event }, facts);
}

type Signed = Sign & { farm: string };
type Queueing = { sign: Signed; settings: Pick<MessageSettings, "channels">; deps: Pick<MessengerDeps, "instanceId" | "clock"> };

function queued(notice: Notice, { sign, settings, deps }: Queueing) {
  const { key, channel, event, level, at, title, text, path, run } = notice;
  const id = createHash("sha256").update(`${deps.instanceId} ${channel} ${key}`).digest("hex").slice(0, 32);
  const target = settings.channels.find((one) => one.id === channel)?.target;
  const { version, publicUrl } = sign;
  const words = { farm: sign.farm.slice(0, 200), title: title.slice(0, 300), text: text.slice(0, 4000) };
  const message: Message = { id, event, level, at, ...words, version, url: new URL(path, publicUrl).href, run };
  const where = target === undefined ? "" : whereOf(target);
  return { type: "queued" as const, v: 1 as const, id, at: deps.clock.now().toISOString(), key, channel, where, message };
}

function testNotice(channel: Channel, clock: Pick<Clock, "now">): Notice {
  const key = `test:${newUlid(clock)}`;
  return {
    ...testWords(),
    key,
    channel: channel.id,
    event: "test",
    level: "none",
    at: clock.now().toISOString(),
    path: "/settings/messages",
    run: null,
  };
}
