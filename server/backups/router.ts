import { adminProcedure, ownerProcedure, router } from "../trpc/init.ts";
import {
  backupIdSchema,
  backupSettingsInputSchema,
  backupsOverviewSchema,
  keepBackupInputSchema,
  retentionPreviewSchema,
  ticketSchema,
  webBackupJobInputSchema,
  webBackupNowInputSchema,
  webRestoreInputSchema,
} from "../updater/backup-contract.ts";
import { runIdSchema, startAnswerSchema } from "../updater/contract.ts";
import {
  offsiteCopiesSchema,
  offsiteTestSchema,
  offsiteViewSchema,
  removeOffsiteInputSchema,
  setOffsiteInputSchema,
  testOffsiteInputSchema,
  webCopyOutInputSchema,
} from "../updater/offsite-contract.ts";
import { planSchema } from "../updates/contract.ts";
import { keyOf, updaterFor } from "../updater/on-behalf.ts";

const tags = ["backups"];

/** Backups, for those who may act. The web holds no privilege and sees no backup: each procedure asks the updater, which looks up again who asks. */
export const backupsRouter = router({
  overview: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/backups", tags, summary: "All backups, newest first, and how they stand" } })
    .output(backupsOverviewSchema)
    .query(({ ctx }) => updaterFor(ctx).backups.query()),
  backUp: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backup", tags, summary: "Make a backup; answers with the run at once" } })
    .input(webBackupNowInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).backupNow.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  verify: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backups/{backup}/verify", tags, summary: "Read a backup through" } })
    .input(webBackupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).verifyBackup.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  drill: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backups/{backup}/drill", tags, summary: "Restore a backup on trial" } })
    .input(webBackupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).drillBackup.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  planRestore: ownerProcedure
    .input(backupIdSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).planRestore.mutate(input)),
  restore: ownerProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/restore/{backup}",
        tags,
        summary: "Restore a backup in place of what is live; asks for your password",
      },
    })
    .input(webRestoreInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).restore.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  downloadTicket: adminProcedure
    .input(backupIdSchema)
    .output(ticketSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).downloadTicket.mutate(input)),
  uploadTicket: adminProcedure.output(ticketSchema).mutation(({ ctx }) => updaterFor(ctx).uploadTicket.mutate()),
  offsite: adminProcedure.output(offsiteViewSchema).query(({ ctx }) => updaterFor(ctx).offsite.query()),
  offsiteCopies: adminProcedure.output(offsiteCopiesSchema).query(({ ctx }) => updaterFor(ctx).offsiteCopies.query()),
  testOffsite: ownerProcedure
    .input(testOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).testOffsite.mutate(input)),
  setOffsite: ownerProcedure
    .input(setOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setOffsite.mutate(input)),
  removeOffsite: ownerProcedure
    .input(removeOffsiteInputSchema)
    .output(offsiteViewSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).removeOffsite.mutate(input)),
  copyOut: adminProcedure
    .input(webCopyOutInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).copyOut.mutate({ idempotencyKey: keyOf(ctx, input) })),
  keep: adminProcedure
    .meta({
      openapi: {
        method: "PUT",
        path: "/system/backups/{backup}/keep",
        tags,
        summary: "Mark a backup to be kept, or take the mark away",
      },
    })
    .input(keepBackupInputSchema)
    .output(keepBackupInputSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).keepBackup.mutate(input)),
  remove: adminProcedure
    .meta({ openapi: { method: "DELETE", path: "/system/backups/{backup}", tags, summary: "Remove a backup for good" } })
    .input(backupIdSchema)
    .output(backupIdSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).removeBackup.mutate(input)),
  previewRetention: adminProcedure
    .input(backupSettingsInputSchema)
    .output(retentionPreviewSchema)
    .query(({ ctx, input }) => updaterFor(ctx).previewRetention.query(input)),
  setSettings: adminProcedure
    .input(backupSettingsInputSchema)
    .output(backupSettingsInputSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).setBackupSettings.mutate(input)),
  cancel: adminProcedure
    .input(runIdSchema)
    .output(runIdSchema)
    .mutation(({ ctx, input }) => updaterFor(ctx).cancel.mutate(input)),
});
