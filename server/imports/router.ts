import { doneSchema } from "../accounts/contract.ts";
import { adminProcedure, router } from "../trpc/init.ts";
import {
  applyInputSchema,
  findingsSchema,
  fromExportInputSchema,
  importIdSchema,
  importSchema,
  importsSchema,
  setMappingInputSchema,
} from "./contract.ts";

const tags = ["Imports"];

export const importsRouter = router({
  list: adminProcedure
    .meta({ openapi: { method: "GET", path: "/imports", tags, summary: "List imports, the newest first" } })
    .output(importsSchema)
    .query(({ ctx }) => ctx.web.imports.list(ctx.actor)),

  get: adminProcedure
    .meta({ openapi: { method: "GET", path: "/imports/{id}", tags, summary: "One import: how far it is, or what it would do" } })
    .input(importIdSchema)
    .output(importSchema)
    .query(({ ctx, input }) => ctx.web.imports.get(ctx.actor, input.id)),

  findings: adminProcedure
    .meta({
      openapi: { method: "GET", path: "/imports/{id}/findings", tags, summary: "What is wrong with the file: the first 1,000" },
    })
    .input(importIdSchema)
    .output(findingsSchema)
    .query(({ ctx, input }) => ctx.web.imports.findings(ctx.actor, input.id)),

  fromExport: adminProcedure
    .meta({ openapi: { method: "POST", path: "/imports/from-export", tags, summary: "Bring an export in that is kept here" } })
    .input(fromExportInputSchema)
    .output(importSchema)
    .mutation(async ({ ctx, input }) => {
      const { fileName, stream } = await ctx.web.exports.open(ctx.actor, input.export);
      return ctx.web.imports.receive(ctx.actor, { fileName, content: stream });
    }),

  setMapping: adminProcedure
    .meta({
      openapi: { method: "PUT", path: "/imports/{id}/mapping", tags, summary: "Say which column of another tool is which" },
    })
    .input(setMappingInputSchema)
    .output(importSchema)
    .mutation(({ ctx, input }) => ctx.web.imports.setMapping(ctx.actor, input)),

  start: adminProcedure
    .meta({ openapi: { method: "POST", path: "/imports/{id}/start", tags, summary: "Write it, all or nothing" } })
    .input(applyInputSchema)
    .output(importSchema)
    .mutation(({ ctx, input }) => ctx.web.imports.apply(ctx.actor, input)),

  cancel: adminProcedure
    .meta({ openapi: { method: "POST", path: "/imports/{id}/cancel", tags, summary: "Stop it; nothing is written then" } })
    .input(importIdSchema)
    .output(importSchema)
    .mutation(({ ctx, input }) => ctx.web.imports.cancel(ctx.actor, input.id)),

  remove: adminProcedure
    .meta({ openapi: { method: "DELETE", path: "/imports/{id}", tags, summary: "Take an import out of the list" } })
    .input(importIdSchema)
    .output(doneSchema)
    .mutation(async ({ ctx, input }) => {
      await ctx.web.imports.remove(ctx.actor, input.id);
      return { done: true } as const;
    }),
});
