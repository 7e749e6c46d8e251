import { z } from "zod";
import { adminProcedure, router, saving } from "../trpc/init.ts";
import { addSamples, isEmpty } from "./add.ts";
import { addedSamplesSchema, samplesStateSchema } from "./contract.ts";

const tags = ["Sample data"];

/** An invented farm to look around in, for an installation in which nothing was entered yet. */
export const samplesRouter = router({
  state: adminProcedure.output(samplesStateSchema).query(async ({ ctx }) => ({ empty: await isEmpty(ctx.db) })),

  add: adminProcedure
    .concat(saving)
    .meta({ openapi: { method: "POST", path: "/sample-data", tags, summary: "Fill an empty installation with sample data" } })
    .input(z.void())
    .output(addedSamplesSchema)
    .mutation(({ ctx }) => addSamples({ db: ctx.db, files: ctx.web.files, now: ctx.web.clock.now() }, ctx.actor)),
});
