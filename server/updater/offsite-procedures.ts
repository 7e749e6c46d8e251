import { AppError } from "../platform/errors.ts";
import { startAnswerSchema } from "./contract.ts";
import { adminProcedure, ownerProcedure } from "./init.ts";
import {
  copyOutInputSchema,
  offsiteCopiesSchema,
  offsiteTestSchema,
  offsiteViewSchema,
  removeOffsiteInputSchema,
  setOffsiteInputSchema,
  testOffsiteInputSchema,
} from "./offsite-contract.ts";
import type { Storage } from "../offsite/contract.ts";
import type { Actor } from "../platform/contract.ts";
import { audited, job, provePassword } from "./privileged.ts";

/** What can be asked of the updater about copies elsewhere. Part of its one flat router. */
export const offsiteProcedures = {
  offsite: adminProcedure
    .output(offsiteViewSchema)
    .query(async ({ ctx }) => ({ settings: await ctx.operations.offsiteSettings() })),
  offsiteCopies: adminProcedure
    .output(offsiteCopiesSchema)
    .query(async ({ ctx }) => ({ copies: await ctx.operations.offsiteCopies() })),
  testOffsite: ownerProcedure
    .input(testOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input }) => {
      refuseFolder(ctx.actor, input.storage);
      return audited(ctx, "test-offsite", () => ctx.operations.testOffsite(input));
    }),
  setOffsite: ownerProcedure
    .input(setOffsiteInputSchema)
    .output(offsiteTestSchema)
    .mutation(({ ctx, input: { password, ...wanted } }) =>
      audited(ctx, "set-offsite", async () => {
        refuseFolder(ctx.actor, wanted.storage);
        await provePassword(ctx, password);
        return ctx.operations.setOffsite(wanted);
      }),
    ),
  removeOffsite: ownerProcedure
    .input(removeOffsiteInputSchema)
    .output(offsiteViewSchema)
    .mutation(({ ctx, input }) =>
      audited(ctx, "remove-offsite", async () => {
        await provePassword(ctx, input.password);
        await ctx.operations.removeOffsite();
        return { settings: null };
      }),
    ),
  copyOut: adminProcedure
    .input(copyOutInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => audited(ctx, "copy-out", () => job(ctx, { kind: "offsite" }, input.idempotencyKey))),
};

/** Nothing that the web sends becomes a path: a folder of this computer is named at this computer. */
function refuseFolder(actor: Actor, storage: Storage): void {
  if (storage.kind === "folder" && actor.kind !== "operator") {
    throw new AppError("input-invalid", { reason: "a folder is set up on the server, with `filaops offsite set <folder>`" });
  }
}
