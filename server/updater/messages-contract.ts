import { z } from "zod";
import {
  allowedSchema,
  channelSchema,
  channelSecretSchema,
  deliverySchema,
  messageSchema,
  messageSettingsSchema,
  quietSchema,
} from "../messages/contract.ts";
import { ulidSchema } from "../platform/contract.ts";

/** What crosses the updater's socket about messages to people elsewhere. Secrets go in and never come out. */

export const messagesViewSchema = z.object({
  channels: z.array(channelSchema.extend({ since: z.string(), hasSecret: z.boolean() })),
  quiet: quietSchema,
  /** Addresses of the own network that the operator lets messages go to. */
  allowed: messageSettingsSchema.shape.allowed,
});
export type MessagesView = z.infer<typeof messagesViewSchema>;

/** One line of the log of deliveries. */
export const deliveryViewSchema = deliverySchema
  .pick({ id: true, where: true, queuedAt: true, at: true, state: true, attempts: true, again: true, problem: true, why: true })
  .extend({
    event: messageSchema.shape.event,
    title: messageSchema.shape.title,
    /** It waits for the end of the quiet hours. */
    held: z.boolean(),
  });
export type DeliveryView = z.infer<typeof deliveryViewSchema>;
export const deliveriesSchema = z.object({ deliveries: z.array(deliveryViewSchema) });

const password = z.string().max(1000).exactOptional();
/** A channel without an id is a new one. */
const wantedChannelSchema = channelSchema.extend({ id: ulidSchema.exactOptional() });
/** `secret`: without it, the one that is known stays; `null` forgets it. */
export const testChannelInputSchema = z.strictObject({
  channel: wantedChannelSchema,
  secret: channelSecretSchema.nullable().exactOptional(),
});
export type ChannelInput = z.infer<typeof testChannelInputSchema>;
export const setChannelInputSchema = testChannelInputSchema.extend({ password });
/** The delivery of a test that was taken: the receiver has it under this id. */
export const testAnswerSchema = z.object({ delivery: messageSchema.shape.id });
export const channelIdSchema = z.strictObject({ channel: ulidSchema });
export const removeChannelInputSchema = channelIdSchema.extend({ password });
export const allowAddressesInputSchema = z.strictObject({ allowed: allowedSchema });
export { quietSchema as quietInputSchema };
