import type { Channel, MessageSettings, Quiet } from "../messages/contract.ts";
import { MAX_CHANNELS, SHORTEST_KEY } from "../messages/contract.ts";
import { readOutbox } from "../messages/outbox.ts";
import type { Messenger } from "../messages/messenger.ts";
import { hasToWait } from "../messages/rules/quiet-hours.ts";
import { isSamePlace, needsSecret } from "../messages/rules/same-place.ts";
import { readSecret, readSettings, withSecret, writeSecret, writeSettings } from "../messages/settings.ts";
import type { Ulid } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { createExclusive } from "../platform/exclusive.ts";
import { newUlid } from "../platform/ids.ts";
import type { World } from "../updates/world.ts";
import type { ChannelInput, DeliveryView, MessagesView } from "./messages-contract.ts";

/** What the updater's service does about messages to people elsewhere. */
export type MessagesOperations = {
  messages: () => Promise<MessagesView>;
  /** The newest first. */
  messageDeliveries: () => Promise<DeliveryView[]>;
  /** Adds a channel, or changes the one of that id, which it returns; throws `not-found`. */
  setMessageChannel: (wanted: ChannelInput) => Promise<Ulid>;
  /** Forgets a channel and its secret; what waits for it is not sent any more. */
  removeMessageChannel: (channel: string) => Promise<void>;
  setQuietHours: (quiet: Quiet) => Promise<void>;
  /** Sends a test at once, to a channel as it would be, and returns its delivery's id; throws why it was not taken. */
  testMessageChannel: (wanted: ChannelInput) => Promise<string>;
  /** Of the own network; for the operator at the server alone to say. */
  allowMessageAddresses: (allowed: string[]) => Promise<void>;
};

/** So many lines of the log are shown. */
const SHOWN = 100;

export function createMessagesOperations(world: World, messenger: Pick<Messenger, "test">): MessagesOperations {
  const { paths, clock } = world;
  const oneAfterTheOther = createExclusive();
  const settings = async () => readSettings(paths, (await world.backupSettings()).schedule.timeZone);
  const change = (how: (known: MessageSettings) => MessageSettings | Promise<MessageSettings>) =>
    oneAfterTheOther(async () => {
      await writeSettings(paths, await how(await settings()));
    });
  return {
    messages: async () => {
      const [{ channels, quiet, allowed }, secrets] = [await settings(), await withSecret(paths)];
      return { channels: channels.map((one) => ({ ...one, hasSecret: secrets.has(one.id) })), quiet, allowed };
    },
    messageDeliveries: async () => {
      const { quiet } = await settings();
      return (await readOutbox(paths)).deliveries
        .slice(-SHOWN)
        .toReversed()
        .map((one) => {
          const { id, where, queuedAt, at, state, attempts, again, problem, why, message } = one;
          const held = state === "waiting" && hasToWait(quiet, message, clock.now());
          const { event, title } = message;
          return { id, where, queuedAt, at, state, attempts, again, problem, why, event, title, held };
        });
    },
    setMessageChannel: async (wanted) => {
      const id = wanted.channel.id ?? newUlid(clock);
      await change(async (known) => {
        const before = knownChannel(known, wanted.channel.id);
        if (before === undefined && known.channels.length >= MAX_CHANNELS) {
          throw new AppError("input-invalid", { reason: `there are ${MAX_CHANNELS} places already` });
        }
        await writeSecret(paths, id, await secretFor(world, wanted, before));
        const since = before !== undefined && sameEvents(before, wanted.channel) ? before.since : clock.now().toISOString();
        const changed: Channel = { ...wanted.channel, id, since };
        const channels =
          before === undefined ? [...known.channels, changed] : known.channels.map((one) => (one === before ? changed : one));
        return { ...known, channels };
      });
      return id;
    },
    removeMessageChannel: (channel) =>
      change(async (known) => {
        if (!known.channels.some(({ id }) => id === channel)) throw new AppError("not-found", { what: "channel" });
        await writeSecret(paths, channel, null);
        return { ...known, channels: known.channels.filter(({ id }) => id !== channel) };
      }),
    setQuietHours: (quiet) => change((known) => ({ ...known, quiet })),
    testMessageChannel: async (wanted) => {
      const { channel } = wanted;
      const secret = await secretFor(world, wanted, knownChannel(await settings(), channel.id));
      const tried = { ...channel, id: channel.id ?? newUlid(clock), since: clock.now().toISOString() };
      return (await messenger.test(tried, secret)).id;
    },
    allowMessageAddresses: (allowed) => change((known) => ({ ...known, allowed })),
  };
}

function knownChannel({ channels }: MessageSettings, id: Ulid | undefined): Channel | undefined {
  const known = channels.find((one) => one.id === id);
  if (id !== undefined && known === undefined) throw new AppError("not-found", { what: "channel" });
  return known;
}

/** The secret that is given or, for the same place only, the one that is known. */
async function secretFor(
  { paths }: World,
  { channel, secret }: ChannelInput,
  before: Channel | undefined,
): Promise<string | null> {
  const { target } = channel;
  if (target.kind === "email" && target.user === "") return null;
  const isKnown = secret === undefined && before !== undefined && isSamePlace(before.target, target);
  const used = isKnown ? await readSecret(paths, before.id) : (secret ?? null);
  if (used === null && needsSecret(target)) {
    throw new AppError("input-invalid", { reason: "secret: it is needed, also when the address changes" });
  }
  if (target.kind === "webhook" && (used ?? "").length < SHORTEST_KEY) {
    throw new AppError("input-invalid", { reason: `secret: at least ${SHORTEST_KEY} characters` });
  }
  return used;
}

function sameEvents(before: Channel, after: ChannelInput["channel"]): boolean {
  const inOrder = (events: readonly string[]) => [...events].sort().join(" ");
  return inOrder(before.events) === inOrder(after.events) && before.level === after.level;
}
