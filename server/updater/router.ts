import { z } from "zod";
import { publicStatusSchema, planSchema, statusSchema } from "../updates/contract.ts";
import { diskUseSchema } from "../updates/disk-contract.ts";
import { releaseStatusSchema } from "../releases/contract.ts";
import { automaticProcedures } from "./automatic-procedures.ts";
import { backupProcedures } from "./backup-procedures.ts";
import { bundleProcedures } from "./bundle-procedures.ts";
import {
  checkSettingsInputSchema,
  historySchema,
  logSchema,
  operatorResetPasswordInputSchema,
  overviewSchema,
  planIdSchema,
  planUndoInputSchema,
  planUpdateInputSchema,
  resetPasswordAnswerSchema,
  runIdSchema,
  startAnswerSchema,
  startFreshInputSchema,
  startInputSchema,
  undoInputSchema,
  updateInputSchema,
} from "./contract.ts";
import { adminProcedure, everyoneProcedure, operatorProcedure, ownerProcedure, router } from "./init.ts";
import { messagesProcedures } from "./messages-procedures.ts";
import { offsiteProcedures } from "./offsite-procedures.ts";
import { overview } from "./overview.ts";
import { audited, resetPassword, start, startFresh, undo, update } from "./privileged.ts";

/** What can be asked of the updater through its socket. Every call is authenticated; who may do what is decided here, by roles read anew. */
export const updaterRouter = router({
  ...backupProcedures,
  ...bundleProcedures,
  ...offsiteProcedures,
  ...messagesProcedures,
  ...automaticProcedures,
  bar: everyoneProcedure.output(publicStatusSchema.nullable()).query(({ ctx }) => ctx.operations.status()),
  overview: adminProcedure.output(overviewSchema).query(({ ctx }) => overview(ctx.operations)),
  history: adminProcedure.output(historySchema).query(({ ctx }) => ctx.operations.history()),
  log: adminProcedure
    .input(runIdSchema)
    .output(logSchema)
    .query(async ({ ctx, input }) => ({ run: input.run, lines: await ctx.operations.log(input.run) })),
  diskUse: adminProcedure.output(diskUseSchema).query(({ ctx }) => ctx.operations.diskUse()),
  plan: adminProcedure
    .input(planIdSchema)
    .output(planSchema)
    .query(({ ctx, input }) => ctx.operations.plan(input.plan)),
  status: adminProcedure
    .input(runIdSchema)
    .output(statusSchema)
    .query(({ ctx, input }) => ctx.operations.statusOf(input.run)),
  check: adminProcedure.output(releaseStatusSchema).mutation(({ ctx }) => ctx.operations.check()),
  look: adminProcedure.output(releaseStatusSchema).mutation(({ ctx }) => ctx.operations.look()),
  setCheckSettings: adminProcedure
    .input(checkSettingsInputSchema)
    .output(checkSettingsInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "set-check-settings", async () => {
        await ctx.operations.setCheckSettings(input);
        return input;
      }),
    ),
  planUpdate: adminProcedure
    .input(planUpdateInputSchema)
    .output(planSchema)
    .mutation(async ({ ctx, input }) =>
      ctx.operations.planUpdate({ way: await ctx.operations.way(input.version), actor: ctx.actor }),
    ),
  planUndo: adminProcedure
    .input(planUndoInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => ctx.operations.planUndo({ run: input.run, actor: ctx.actor })),
  planFresh: ownerProcedure
    .input(planUpdateInputSchema)
    .output(planSchema)
    .mutation(async ({ ctx, input }) =>
      ctx.operations.planFresh({ release: await ctx.operations.release(input.version), actor: ctx.actor }),
    ),
  startFresh: ownerProcedure
    .input(startFreshInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "start-fresh", () => startFresh(ctx, input))),
  start: adminProcedure
    .input(startInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "start", () => start(ctx, input))),
  update: adminProcedure
    .input(updateInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "start", () => update(ctx, input))),
  undo: adminProcedure
    .input(undoInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "undo", () => undo(ctx, input))),
  cancel: adminProcedure
    .input(runIdSchema)
    .output(runIdSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "cancel", async () => {
        await ctx.operations.cancel(input.run, ctx.actor);
        return input;
      }),
    ),
  settle: operatorProcedure.output(z.object({ settled: z.literal(true) })).mutation(({ ctx }) =>
    audited(ctx, "settle", async () => {
      await ctx.operations.settleByPerson();
      return { settled: true as const };
    }),
  ),
  resetPassword: operatorProcedure
    .input(operatorResetPasswordInputSchema)
    .output(resetPasswordAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "reset-password", () => resetPassword(ctx, input))),
});

export type UpdaterRouter = typeof updaterRouter;
