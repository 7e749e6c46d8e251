import { IDEMPOTENCY_HEADER } from "../trpc/contract.ts";
import { adminProcedure, router } from "../trpc/init.ts";
import { exportIdSchema, exportOptionsSchema, exportSchema, exportsSchema } from "./contract.ts";

const tags = ["Exports"];

/** Exports of the farm's data, for those who look after it. The file itself comes from GET /api/exports/<id>. */
export const exportsRouter = router({
  list: adminProcedure
    .meta({ openapi: { method: "GET", path: "/exports", tags, summary: "All exports, newest first" } })
    .output(exportsSchema)
    .query(async ({ ctx }) => ({ exports: await ctx.web.exports.list() })),

  get: adminProcedure
    .meta({ openapi: { method: "GET", path: "/exports/{id}", tags, summary: "One export, and how far it is" } })
    .input(exportIdSchema)
    .output(exportSchema)
    .query(({ ctx, input }) => ctx.web.exports.get(input.id)),

  start: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/exports",
        tags,
        summary: "Begin an export; answers at once",
        description: "When it is complete, the file is at GET /api/exports/{id}. With users and settings, it takes an owner.",
      },
    })
    .input(exportOptionsSchema)
    .output(exportSchema)
    .mutation(({ ctx, input }) => ctx.web.exports.start(ctx.actor, { options: input, key: ctx.headers.get(IDEMPOTENCY_HEADER) })),

  cancel: adminProcedure
    .meta({ openapi: { method: "POST", path: "/exports/{id}/cancel", tags, summary: "End the export that is being made" } })
    .input(exportIdSchema)
    .output(exportIdSchema)
    .mutation(({ ctx, input }) => ctx.web.exports.cancel(ctx.actor, input.id).then(() => input)),

  remove: adminProcedure
    .meta({ openapi: { method: "DELETE", path: "/exports/{id}", tags, summary: "Delete an export" } })
    .input(exportIdSchema)
    .output(exportIdSchema)
    .mutation(({ ctx, input }) => ctx.web.exports.remove(ctx.actor, input.id).then(() => input)),
});
