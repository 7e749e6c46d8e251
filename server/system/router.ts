import { buildInfoSchema } from "../releases/contract.ts";
import { adminProcedure, publicProcedure, router, signedInProcedure } from "../trpc/init.ts";
import { publicStatusSchema } from "../updates/contract.ts";
import { updaterFor } from "../updater/on-behalf.ts";
import { diskUseSchema } from "../updates/disk-contract.ts";
import { readBar } from "./bar.ts";

/** What runs here, and what everybody may know of a run. */
export const systemRouter = router({
  version: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/system/version", tags: ["system"], summary: "The version that runs" } })
    .output(buildInfoSchema)
    .query(({ ctx }) => ctx.web.build),
  disk: adminProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/system/disk",
        tags: ["system"],
        summary: "What FilaOps takes on the disk, and what of it goes",
      },
    })
    .output(diskUseSchema)
    .query(({ ctx }) => updaterFor(ctx).diskUse.query()),
  bar: publicProcedure.output(publicStatusSchema.nullable()).query(({ ctx }) => readBar(ctx.web.statusFile, ctx.web.log)),
});
