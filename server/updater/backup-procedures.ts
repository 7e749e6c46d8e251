import { planSchema } from "../updates/contract.ts";
import {
  backupIdSchema,
  backupJobInputSchema,
  backupNowInputSchema,
  backupSettingsInputSchema,
  backupsOverviewSchema,
  keepBackupInputSchema,
  restoreInputSchema,
  retentionPreviewSchema,
  ticketSchema,
} from "./backup-contract.ts";
import { startAnswerSchema } from "./contract.ts";
import { adminProcedure, operatorProcedure, ownerProcedure } from "./init.ts";
import { audited, job, restore } from "./privileged.ts";

/** What can be asked of the updater about backups. Part of its one flat router. */
export const backupProcedures = {
  backups: adminProcedure.output(backupsOverviewSchema).query(({ ctx }) => ctx.operations.backupsOverview()),
  backupNow: adminProcedure
    .input(backupNowInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input: { note, idempotencyKey } }) =>
      audited(ctx, "backup", () => job(ctx, { kind: "backup", making: { kind: "manual", note } }, idempotencyKey)),
    ),
  verifyBackup: adminProcedure
    .input(backupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input: { backup, idempotencyKey } }) =>
      audited(ctx, "verify-backup", () => job(ctx, { kind: "verify", backup }, idempotencyKey)),
    ),
  drillBackup: adminProcedure
    .input(backupJobInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input: { backup, idempotencyKey } }) =>
      audited(ctx, "drill-backup", () => job(ctx, { kind: "drill", backup }, idempotencyKey)),
    ),
  planRestore: ownerProcedure
    .input(backupIdSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => ctx.operations.planRestore({ backup: input.backup, actor: ctx.actor })),
  restore: ownerProcedure
    .input(restoreInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "restore", () => restore(ctx, input))),
  downloadTicket: adminProcedure
    .input(backupIdSchema)
    .output(ticketSchema)
    .mutation(({ ctx, input }) => ({ ticket: ctx.tickets.issue({ kind: "download", backup: input.backup }, ctx.actor) })),
  uploadTicket: adminProcedure
    .output(ticketSchema)
    .mutation(({ ctx }) => ({ ticket: ctx.tickets.issue({ kind: "upload" }, ctx.actor) })),
  adoptBackup: operatorProcedure
    .input(backupIdSchema)
    .output(backupIdSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "adopt-backup", async () => {
        await ctx.operations.adoptBackup(input.backup);
        return input;
      }),
    ),
  keepBackup: adminProcedure
    .input(keepBackupInputSchema)
    .output(keepBackupInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "keep-backup", async () => {
        await ctx.operations.setKeep(input.backup, input.keep);
        return input;
      }),
    ),
  removeBackup: adminProcedure
    .input(backupIdSchema)
    .output(backupIdSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "remove-backup", async () => {
        await ctx.operations.removeBackup(input.backup);
        return input;
      }),
    ),
  previewRetention: adminProcedure
    .input(backupSettingsInputSchema)
    .output(retentionPreviewSchema)
    .query(async ({ ctx, input }) => ({ go: await ctx.operations.previewRetention(input) })),
  setBackupSettings: adminProcedure
    .input(backupSettingsInputSchema)
    .output(backupSettingsInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "set-backup-settings", async () => {
        await ctx.operations.setBackupSettings(input);
        return input;
      }),
    ),
};
