import type { AutomaticView } from "../updates/automatic-contract.ts";
import { automaticSettingsInputSchema, automaticViewSchema, notTonightInputSchema } from "../updates/automatic-contract.ts";
import { adminProcedure } from "./init.ts";
import { audited } from "./privileged.ts";

/** What can be asked of the updater about updates that begin by themselves. Part of its one flat router. */
export const automaticProcedures = {
  automatic: adminProcedure.output(automaticViewSchema).query(({ ctx }) => ctx.operations.automatic()),
  setAutomatic: adminProcedure
    .input(automaticSettingsInputSchema)
    .output(automaticViewSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "set-automatic", async (): Promise<AutomaticView> => {
        await ctx.operations.setAutomatic(input);
        return ctx.operations.automatic();
      }),
    ),
  notTonight: adminProcedure
    .input(notTonightInputSchema)
    .output(automaticViewSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "not-tonight", async (): Promise<AutomaticView> => {
        await ctx.operations.notTonight(input.night);
        return ctx.operations.automatic();
      }),
    ),
};
