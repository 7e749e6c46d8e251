import { bundleInputSchema, bundlesSchema } from "../releases/bundle-contract.ts";
import { ticketSchema } from "./backup-contract.ts";
import { adminProcedure } from "./init.ts";
import { audited } from "./privileged.ts";

/** What can be asked of the updater about bundles. Part of its one flat router. */
export const bundleProcedures = {
  bundles: adminProcedure.output(bundlesSchema).query(({ ctx }) => ctx.operations.bundles()),
  bundleTicket: adminProcedure
    .output(ticketSchema)
    .mutation(({ ctx }) => ({ ticket: ctx.tickets.issue({ kind: "bundle" }, ctx.actor) })),
  removeBundle: adminProcedure
    .input(bundleInputSchema)
    .output(bundleInputSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "remove-bundle", async () => {
        await ctx.operations.removeBundle(input.name);
        return input;
      }),
    ),
};
