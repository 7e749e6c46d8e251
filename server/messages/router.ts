import { adminProcedure, ownerProcedure, router } from "../trpc/init.ts";
import {
  channelIdSchema,
  deliveriesSchema,
  messagesViewSchema,
  quietInputSchema,
  removeChannelInputSchema,
  setChannelInputSchema,
  testAnswerSchema,
  testChannelInputSchema,
} from "../updater/messages-contract.ts";
import { updaterFor } from "../updater/on-behalf.ts";

const tags = ["messages"];

/** Messages to people elsewhere. The web knows no secret of a channel: it hands on what is typed in, and the updater keeps it. */
export const messagesRouter = router({
  get: adminProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/system/messages",
        tags,
        summary: "Where messages go, without secrets, and when they wait",
      },
    })
    .output(messagesViewSchema)
    .query(({ ctx }) => updaterFor(ctx).messages.query()),
  deliveries: adminProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/system/messages/deliveries",
        tags,
        summary: "The newest messages, and what came of them",
      },
    })
    .output(deliveriesSchema)
    .query(({ ctx }) => updaterFor(ctx).messageDeliveries.query()),
  set: ownerProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/messages/channels",
        tags,
        summary: "Add or change a channel; asks for your password",
      },
    })
    .input(setChannelInputSchema)
    .output(channelIdSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setMessageChannel.mutate(input)),
  remove: ownerProcedure
    .input(removeChannelInputSchema)
    .output(channelIdSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).removeMessageChannel.mutate(input)),
  test: ownerProcedure
    .meta({ openapi: { method: "POST", path: "/system/messages/test", tags, summary: "Send a test to a channel, saved or not" } })
    .input(testChannelInputSchema)
    .output(testAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).testMessageChannel.mutate(input)),
  setQuiet: ownerProcedure
    .input(quietInputSchema)
    .output(quietInputSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setQuietHours.mutate(input)),
});
