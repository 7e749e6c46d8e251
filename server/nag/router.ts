import { adminProcedure, ownerProcedure, router, saving } from "../trpc/init.ts";
import { dismiss, setCap } from "./act.ts";
import { dismissInputSchema, nagStateSchema, setCapAnswerSchema, setCapInputSchema, skipInputSchema } from "./contract.ts";
import { lookedState, stateNow } from "./state.ts";

const tags = ["updates"];

/** What those who may update are told of what they missed, and how they put it away. Nobody else is told anything. */
export const nagRouter = router({
  state: adminProcedure
    .meta({
      openapi: { method: "GET", path: "/system/notice", tags, summary: "How far behind this FilaOps is, and how urgent it is" },
    })
    .output(nagStateSchema)
    .query(({ ctx }) => stateNow(ctx)),
  look: adminProcedure.output(nagStateSchema).query(({ ctx }) => lookedState(ctx)),
  dismiss: adminProcedure
    .meta({
      openapi: { method: "POST", path: "/system/notice/dismiss", tags, summary: "Put the notice away for a while, for yourself" },
    })
    .input(dismissInputSchema)
    .output(nagStateSchema)
    .mutation(({ ctx, input }) => dismiss(ctx, input).then(() => stateNow(ctx))),
  skip: adminProcedure
    .meta({
      openapi: { method: "POST", path: "/system/notice/skip", tags, summary: "Hear nothing more of a version, for yourself" },
    })
    .input(skipInputSchema)
    .output(nagStateSchema)
    .mutation(({ ctx, input }) => dismiss(ctx, { ...input, kind: "skipped" }).then(() => stateNow(ctx))),
  setCap: ownerProcedure
    .concat(saving)
    .meta({
      openapi: { method: "POST", path: "/system/notice/cap", tags, summary: "Hold notices back until a day, or no longer" },
    })
    .input(setCapInputSchema)
    .output(setCapAnswerSchema)
    .mutation(({ ctx, input }) => setCap(ctx.db, ctx.actor, { ...input, now: ctx.web.clock.now() })),
});
