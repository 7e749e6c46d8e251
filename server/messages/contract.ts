import { z } from "zod";
import { timeOfDaySchema, timeZoneSchema } from "../backups/contract.ts";
import { noticeLevelSchema } from "../nag/contract.ts";
import { instantSchema, problemSchema, ulidSchema, versionSchema } from "../platform/contract.ts";

/**
 * Words. *Message*: something worth telling people who do not look at FilaOps just now. *Channel*: where messages go: a mailbox, a webhook, an ntfy
 * topic. *Delivery*: one message on its way to one channel, with an id that stays the same however often it is tried. *Outbox*: the file of all
 * deliveries, from which a restart knows what was told. *Sender*: the unprivileged child process that speaks to the outside.
 */

/** What may be told. Names are promises: webhooks carry them. `update.*` is about restores and ways back as well. */
export const messageEventSchema = z.enum([
  "update.available",
  "update.scheduled",
  "update.started",
  "update.complete",
  "update.rolled_back",
  "needs_attention",
  "backup.failed",
  "backup.overdue",
  "test",
]);
export type MessageEvent = z.infer<typeof messageEventSchema>;

/** What a channel may be told of; a test is only ever asked for. */
const channelEventSchema = messageEventSchema.exclude(["test"]);

/** A message, the same for every channel. Plain text, and nothing of customers in it. */
export const messageSchema = z.object({
  /** The delivery's id: a receiver knows a repetition by it. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  event: messageEventSchema,
  level: noticeLevelSchema,
  /** When what it tells of happened. */
  at: instantSchema,
  farm: z.string().max(200),
  version: versionSchema,
  title: z.string().max(300),
  text: z.string().max(4000),
  /** Where to look in FilaOps. */
  url: z.url({ protocol: /^https?$/ }),
  run: z
    .object({ id: ulidSchema, kind: z.string(), from: versionSchema, to: versionSchema, outcome: z.string().nullable() })
    .nullable(),
});
export type Message = z.infer<typeof messageSchema>;

const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/, "a name such as mail.example.com, or an address");
/** One mailbox and nothing else: no display name, no list, nothing that two programs could read differently. */
const mailboxSchema = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    "an address such as owner@farm.example",
  );

/** No name and no password in it: an address ends up in logs. */
const addressSchema = z
  .url({ protocol: /^https?$/, error: "an address such as https://hooks.example.com/filaops" })
  .max(500)
  .refine((text) => isBare(text), "without a name or a password in it");

const emailTargetSchema = z.object({
  kind: z.literal("email"),
  host,
  port: z.int().min(1).max(65535),
  /** `tls` from the first byte (port 465), `starttls` before anything is said (587); `none` is for servers in the own network only. */
  encryption: z.enum(["tls", "starttls", "none"]),
  /** Empty for a server that asks for none; its password is the channel's secret. */
  user: z
    .string()
    .max(254)
    .regex(/^[\x20-\x7e]*$/, "letters, digits and signs of the keyboard"),
  from: mailboxSchema,
  to: z.array(mailboxSchema).min(1).max(10),
});

const webhookTargetSchema = z.object({ kind: z.literal("webhook"), url: addressSchema });

const ntfyTargetSchema = z.object({
  kind: z.literal("ntfy"),
  /** The server; the topic is named apart. */
  server: addressSchema,
  topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "letters, digits, _ and -, at most 64"),
});

/** Where a channel leads, without its secret: that is kept and handed on apart. */
export const targetSchema = z.discriminatedUnion("kind", [emailTargetSchema, webhookTargetSchema, ntfyTargetSchema]);
export type Target = z.infer<typeof targetSchema>;

/** A password, the key that webhooks are signed with, or ntfy's access token. */
export const channelSecretSchema = z.string().regex(/^[\x20-\x7e]{1,500}$/, "letters, digits and signs of the keyboard");

/** A channel as an owner sets it. */
export const channelSchema = z.object({
  id: ulidSchema,
  target: targetSchema,
  events: z.array(channelEventSchema).max(channelEventSchema.options.length),
  /** From which level on an available update is told here. */
  level: noticeLevelSchema.exclude(["none"]),
});

const knownChannelSchema = channelSchema.extend({
  /** What happened before is not told here. */
  since: instantSchema,
});
export type Channel = z.infer<typeof knownChannelSchema>;

/** When messages wait until the morning, by the farm's own clock. */
export const quietSchema = z
  .object({
    enabled: z.boolean(),
    from: timeOfDaySchema,
    to: timeOfDaySchema,
    timeZone: timeZoneSchema,
    /** What needs a person, what was rolled back and a backup that failed do not wait. */
    urgentPasses: z.boolean(),
  })
  .refine(({ from, to }) => from !== to, { path: ["to"], message: "another time than the one before" });
export type Quiet = z.infer<typeof quietSchema>;

/** An address or a subnet of the own network that the operator lets messages go to. */
export const allowedSchema = z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).max(50);

export const MAX_CHANNELS = 10;
/** A webhook's key that is shorter could be guessed from one message. */
export const SHORTEST_KEY = 16;

/** `messages/settings.json`, v1. */
export const messageSettingsSchema = z.object({
  v: z.literal(1),
  channels: z.array(knownChannelSchema).max(MAX_CHANNELS),
  quiet: quietSchema,
  allowed: allowedSchema,
});
export type MessageSettings = z.infer<typeof messageSettingsSchema>;

/** Why a delivery was not made, as the sender says it: never a word of what the other side sent but its status. */
export const failureSchema = z.object({
  kind: z.enum(["address", "private", "plain", "unreachable", "login", "refused", "sender"]),
  protocol: z.enum(["http", "smtp"]),
  /** HTTP's or SMTP's number, if it came to one. */
  status: z.int().nullable(),
  /** In our own words. */
  reason: z.string().max(300),
});
export type Failure = z.infer<typeof failureSchema>;

/** What the sender is given on its standard input. */
export const orderSchema = z.object({
  message: messageSchema,
  target: targetSchema,
  secret: z.string().nullable(),
  allowed: allowedSchema,
  /** Seconds since 1970, for the signature. */
  now: z.int(),
});
export type Order = z.infer<typeof orderSchema>;

/** The one line that it answers with. */
export const senderAnswerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), status: z.int() }),
  z.object({ ok: z.literal(false), failure: failureSchema }),
]);
export type SenderAnswer = z.infer<typeof senderAnswerSchema>;

const at = { at: instantSchema, id: messageSchema.shape.id };

/** One line of `messages/outbox.ndjson`, v1. `sending` is durable before the first byte goes out. */
export const outboxLineSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("queued"),
    v: z.literal(1),
    /** What is told: the same fact has the same key, so that it is told once. */
    key: z.string().max(200),
    channel: ulidSchema,
    /** The channel's place in words, since it may be gone when this is read. */
    where: z.string().max(600),
    message: messageSchema,
    ...at,
  }),
  z.object({ type: z.literal("sending"), attempt: z.int().min(1), ...at }),
  z.object({ type: z.literal("sent"), status: z.int(), ...at }),
  /** `again`: when it is tried next; `null` when it was given up. */
  z.object({ type: z.literal("failed"), problem: problemSchema, again: instantSchema.nullable(), ...at }),
  /** Not sent at all, since it was true no more when it could have gone, or its channel is gone. */
  z.object({ type: z.literal("dropped"), why: z.string().max(200), ...at }),
  /** All that is kept of an old delivery: that it was told. */
  z.object({
    type: z.literal("told"),
    v: z.literal(1),
    key: z.string().max(200),
    channel: ulidSchema,
    event: messageEventSchema,
    ...at,
  }),
]);
export type OutboxLine = z.infer<typeof outboxLineSchema>;

/** A delivery as the outbox knows it, and as people see it in the log. */
export const deliverySchema = z.object({
  id: messageSchema.shape.id,
  key: z.string(),
  channel: ulidSchema,
  where: z.string(),
  message: messageSchema,
  queuedAt: instantSchema,
  state: z.enum(["waiting", "sending", "sent", "failed", "dropped"]),
  attempts: z.int().min(0),
  /** Of the last thing that happened to it. */
  at: instantSchema,
  /** When it is tried again; `null`: as soon as it may go. */
  again: instantSchema.nullable(),
  problem: problemSchema.nullable(),
  why: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** What was told already, to whom. */
export type Told = { key: string; channel: string; event: MessageEvent; at: string; runKind: string | null };

/** A channel's place in words: no secret is in it. */
export function whereOf(target: Target): string {
  if (target.kind === "email") return `${target.to.join(", ")} (by ${target.host})`;
  return target.kind === "webhook" ? new URL(target.url).host : `${new URL(target.server).host} (topic ${target.topic})`;
}

function isBare(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === "" && url.password === "" && url.hash === "";
}
