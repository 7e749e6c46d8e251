import { IDEMPOTENCY_HEADER } from "../trpc/contract.ts";
import type { AdminActor, OwnerActor } from "../auth/actors.ts";
import { newUlid } from "../platform/ids.ts";
import type { Context } from "../trpc/init.ts";
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
import type { UpdaterApi } from "../updater/client.ts";
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

const tags = ["backups"];

/** Backups, for those who may act. The web holds no privilege and sees no backup: each procedure asks the updater, which looks up again who asks. */
export const backupsRouter = router({
  overview: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/backups", tags, summary: "All backups, newest first, and how they stand" } })
    .output(backupsOverviewSchema)
    .query(({ ctx }) => updater(ctx).backups.query()),
  backUp: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backup", tags, summary: "Make a backup; answers with the run at once" } })
    .input(webBackupNowInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).backupNow.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  verify: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backups/{backup}/verify", tags, summary: "Read a backup through" } })
    .input(webBackupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).verifyBackup.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  drill: adminProcedure
    .meta({ openapi: { method: "POST", path: "/system/backups/{backup}/drill", tags, summary: "Restore a backup on trial" } })
    .input(webBackupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).drillBackup.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  planRestore: ownerProcedure
    .input(backupIdSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updater(ctx).planRestore.mutate(input)),
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
    .mutation(({ ctx, input }) => updater(ctx).restore.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  downloadTicket: adminProcedure
    .input(backupIdSchema)
    .output(ticketSchema)
    .mutation(({ ctx, input }) => updater(ctx).downloadTicket.mutate(input)),
  uploadTicket: adminProcedure.output(ticketSchema).mutation(({ ctx }) => updater(ctx).uploadTicket.mutate()),
  offsite: adminProcedure.output(offsiteViewSchema).query(({ ctx }) => updater(ctx).offsite.query()),
  offsiteCopies: adminProcedure.output(offsiteCopiesSchema).query(({ ctx }) => updater(ctx).offsiteCopies.query()),
  testOffsite: ownerProcedure
    .input(testOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input }) => updater(ctx).testOffsite.mutate(input)),
  setOffsite: ownerProcedure
    .input(setOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input }) => updater(ctx).setOffsite.mutate(input)),
  removeOffsite: ownerProcedure
    .input(removeOffsiteInputSchema)
    .output(offsiteViewSchema)
    .mutation(({ ctx, input }) => updater(ctx).removeOffsite.mutate(input)),
  copyOut: adminProcedure
    .input(webCopyOutInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).copyOut.mutate({ idempotencyKey: keyOf(ctx, input) })),
  keep: adminProcedure
    .input(keepBackupInputSchema)
    .output(keepBackupInputSchema)
    .mutation(({ ctx, input }) => updater(ctx).keepBackup.mutate(input)),
  remove: adminProcedure
    .meta({ openapi: { method: "DELETE", path: "/system/backups/{backup}", tags, summary: "Remove a backup for good" } })
    .input(backupIdSchema)
    .output(backupIdSchema)
    .mutation(({ ctx, input }) => updater(ctx).removeBackup.mutate(input)),
  previewRetention: adminProcedure
    .input(backupSettingsInputSchema)
    .output(retentionPreviewSchema)
    .query(({ ctx, input }) => updater(ctx).previewRetention.query(input)),
  setSettings: adminProcedure
    .input(backupSettingsInputSchema)
    .output(backupSettingsInputSchema)
    .mutation(({ ctx, input }) => updater(ctx).setBackupSettings.mutate(input)),
  cancel: adminProcedure
    .input(runIdSchema)
    .output(runIdSchema)
    .mutation(({ ctx, input }) => updater(ctx).cancel.mutate(input)),
});

function updater({ web, actor }: Pick<Context, "web"> & { actor: AdminActor | OwnerActor }): UpdaterApi {
  return web.updater.as({ kind: "user", userId: actor.id.toString() });
}

/** The key of the click, or of the script's header; without one, every call is its own. */
function keyOf({ headers, web }: Context, input: { idempotencyKey?: string }): string {
  return input.idempotencyKey ?? headers.get(IDEMPOTENCY_HEADER) ?? newUlid(web.clock);
}
