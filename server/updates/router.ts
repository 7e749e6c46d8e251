import { bundleInputSchema, bundlesSchema } from "../releases/bundle-contract.ts";
import { releaseStatusSchema } from "../releases/contract.ts";
import { adminProcedure, ownerProcedure, router } from "../trpc/init.ts";
import { ticketSchema } from "../updater/backup-contract.ts";
import {
  checkSettingsInputSchema,
  historySchema,
  logSchema,
  overviewSchema,
  planUndoInputSchema,
  planUpdateInputSchema,
  runIdSchema,
  startAnswerSchema,
  webStartFreshInputSchema,
  webStartInputSchema,
  webUndoInputSchema,
  webUpdateInputSchema,
} from "../updater/contract.ts";
import { automaticSettingsInputSchema, automaticViewSchema, notTonightInputSchema } from "./automatic-contract.ts";
import { planSchema, statusSchema } from "./contract.ts";
import { keyOf, updaterFor } from "../updater/on-behalf.ts";

const tags = ["updates"];

/** Updates, for those who may act. The web holds no privilege: each procedure asks the updater, which looks up again who asks. */
export const updatesRouter = router({
  overview: adminProcedure.output(overviewSchema).query(({ ctx }) => updaterFor(ctx).overview.query()),
  history: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/updates", tags, summary: "All updates and undos, newest first" } })
    .output(historySchema)
    .query(({ ctx }) => updaterFor(ctx).history.query()),
  log: adminProcedure
    .input(runIdSchema)
    .output(logSchema)
    .query(({ ctx, input }) => updaterFor(ctx).log.query(input)),
  setCheckSettings: adminProcedure
    .meta({
      openapi: { method: "POST", path: "/system/updates/check-settings", tags, summary: "Set how releases are looked for" },
    })
    .input(checkSettingsInputSchema)
    .output(checkSettingsInputSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setCheckSettings.mutate(input)),
  // Before `status`: the first path that fits is taken.
  automatic: adminProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/system/updates/automatic",
        tags,
        summary: "Whether updates begin by themselves, and what comes next",
      },
    })
    .output(automaticViewSchema)
    .query(({ ctx }) => updaterFor(ctx).automatic.query()),
  setAutomatic: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/automatic",
        tags,
        summary: "Set whether and when updates begin by themselves",
      },
    })
    .input(automaticSettingsInputSchema)
    .output(automaticViewSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setAutomatic.mutate(input)),
  notTonight: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/automatic/not-tonight",
        tags,
        summary: "Let the next night pass without the update that is announced",
      },
    })
    .input(notTonightInputSchema)
    .output(automaticViewSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).notTonight.mutate(input)),
  check: adminProcedure
    .meta({
      openapi: { method: "GET", path: "/system/updates/check", tags, summary: "Ask now whether there is a newer release" },
    })
    .output(releaseStatusSchema)
    .mutation(({ ctx }) => updaterFor(ctx).check.mutate()),
  bundles: adminProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/system/bundles",
        tags,
        summary: "Releases that were brought here as files, and how they stand",
      },
    })
    .output(bundlesSchema)
    .query(({ ctx }) => updaterFor(ctx).bundles.query()),
  bundleTicket: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/bundles/ticket",
        tags,
        summary:
          "Ask to upload a bundle; within a minute its bare file is sent by POST to /api/bundles/{ticket}, as application/x-tar",
      },
    })
    .output(ticketSchema)
    .mutation(({ ctx }) => updaterFor(ctx).bundleTicket.mutate()),
  removeBundle: adminProcedure
    .meta({ openapi: { method: "DELETE", path: "/system/bundles/{name}", tags, summary: "Remove a bundle's file for good" } })
    .input(bundleInputSchema)
    .output(bundleInputSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).removeBundle.mutate(input)),
  status: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/updates/{run}", tags, summary: "How far a run is, or how it ended" } })
    .input(runIdSchema)
    .output(statusSchema)
    .query(({ ctx, input }) => updaterFor(ctx).status.query(input)),
  plan: adminProcedure
    .input(planUpdateInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).planUpdate.mutate(input)),
  planFresh: ownerProcedure
    .input(planUpdateInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).planFresh.mutate(input)),
  startFresh: ownerProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/start-fresh",
        tags,
        summary: "Begin with a version and an empty database; asks for the farm's name and your password",
      },
    })
    .input(webStartFreshInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).startFresh.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  start: adminProcedure
    .input(webStartInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).start.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  update: adminProcedure
    .meta({
      openapi: { method: "POST", path: "/system/updates", tags, summary: "Update to a version; answers with the run at once" },
    })
    .input(webUpdateInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).update.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  cancel: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/cancel",
        tags,
        summary: "Cancel a run that has not changed anything yet",
      },
    })
    .input(runIdSchema)
    .output(runIdSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).cancel.mutate(input)),
  planUndo: adminProcedure
    .input(planUndoInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).planUndo.mutate(input)),
  undo: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/{run}/undo",
        tags,
        summary: "Go back to before a run; asks for your password",
      },
    })
    .input(webUndoInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).undo.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
});
