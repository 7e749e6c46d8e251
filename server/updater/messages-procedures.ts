import { adminProcedure, operatorProcedure, ownerProcedure } from "./init.ts";
import {
  allowAddressesInputSchema,
  channelIdSchema,
  deliveriesSchema,
  messagesViewSchema,
  quietInputSchema,
  removeChannelInputSchema,
  setChannelInputSchema,
  testAnswerSchema,
  testChannelInputSchema,
} from "./messages-contract.ts";
import { audited, provePassword } from "./privileged.ts";

/** What can be asked of the updater about messages to people elsewhere. Part of its one flat router. */
export const messagesProcedures = {
  messages: adminProcedure.output(messagesViewSchema).query(({ ctx }) => ctx.operations.messages()),
  messageDeliveries: adminProcedure
    .output(deliveriesSchema)
    .query(async ({ ctx }) => ({ deliveries: await ctx.operations.messageDeliveries() })),
  setMessageChannel: ownerProcedure
    .input(setChannelInputSchema)
    .output(channelIdSchema)
    .mutation(({ ctx, input: { password, ...wanted } }) =>
      audited(ctx, "set-message-channel", async () => {
        await provePassword(ctx, password);
        return { channel: await ctx.operations.setMessageChannel(wanted) };
      }),
    ),
  removeMessageChannel: ownerProcedure
    .input(removeChannelInputSchema)
    .output(channelIdSchema)
    .mutation(({ ctx, input: { channel, password } }) =>
      audited(ctx, "remove-message-channel", async () => {
        await provePassword(ctx, password);
        await ctx.operations.removeMessageChannel(channel);
        return { channel };
      }),
    ),
  testMessageChannel: ownerProcedure
    .input(testChannelInputSchema)
    .output(testAnswerSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "test-message-channel", async () => {
        return { delivery: await ctx.operations.testMessageChannel(input) };
      }),
    ),
  setQuietHours: ownerProcedure
    .input(quietInputSchema)
    .output(quietInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "set-quiet-hours", async () => {
        await ctx.operations.setQuietHours(input);
        return input;
      }),
    ),
  allowMessageAddresses: operatorProcedure
    .input(allowAddressesInputSchema)
    .output(allowAddressesInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "allow-message-addresses", async () => {
        await ctx.operations.allowMessageAddresses(input.allowed);
        return input;
      }),
    ),
};
