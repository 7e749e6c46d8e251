import type { AdminActor } from "../auth/actors.ts";
import { newUlid } from "../platform/ids.ts";
import { releaseStatusSchema } from "../releases/contract.ts";
import { IDEMPOTENCY_HEADER } from "../trpc/contract.ts";
import type { Context } from "../trpc/init.ts";
import { adminProcedure, router } from "../trpc/init.ts";
import type { UpdaterApi } from "../updater/client.ts";
import {
  historySchema,
  logSchema,
  overviewSchema,
  planUndoInputSchema,
  planUpdateInputSchema,
  runIdSchema,
  startAnswerSchema,
  webStartInputSchema,
  webUndoInputSchema,
  webUpdateInputSchema,
} from "../updater/contract.ts";
import { planSchema, statusSchema } from "./contract.ts";

const tags = ["updates"];

/** Updates, for those who may act. The web holds no privilege: each procedure asks the updater, which looks up again who asks. */
export const updatesRouter = router({
  overview: adminProcedure.output(overviewSchema).query(({ ctx }) => updater(ctx).overview.query()),
  history: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/updates", tags, summary: "All updates and undos, newest first" } })
    .output(historySchema)
    .query(({ ctx }) => updater(ctx).history.query()),
  log: adminProcedure
    .input(runIdSchema)
    .output(logSchema)
    .query(({ ctx, input }) => updater(ctx).log.query(input)),
  // Before `status`: the first path that fits is taken.
  check: adminProcedure
    .meta({
      openapi: { method: "GET", path: "/system/updates/check", tags, summary: "Ask now whether there is a newer release" },
    })
    .output(releaseStatusSchema)
    .mutation(({ ctx }) => updater(ctx).check.mutate()),
  status: adminProcedure
    .meta({ openapi: { method: "GET", path: "/system/updates/{run}", tags, summary: "How far a run is, or how it ended" } })
    .input(runIdSchema)
    .output(statusSchema)
    .query(({ ctx, input }) => updater(ctx).status.query(input)),
  plan: adminProcedure
    .input(planUpdateInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updater(ctx).planUpdate.mutate(input)),
  start: adminProcedure
    .input(webStartInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).start.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  update: adminProcedure
    .meta({
      openapi: { method: "POST", path: "/system/updates", tags, summary: "Update to a version; answers with the run at once" },
    })
    .input(webUpdateInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).update.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
  cancel: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/cancel",
        tags,
        summary: "Cancel a run that has not changed anything yet",
      },
    })
    .input(runIdSchema)
    .output(runIdSchema)
    .mutation(({ ctx, input }) => updater(ctx).cancel.mutate(input)),
  planUndo: adminProcedure
    .input(planUndoInputSchema)
    .output(planSchema)
    .mutation(({ ctx, input }) => updater(ctx).planUndo.mutate(input)),
  undo: adminProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/system/updates/{run}/undo",
        tags,
        summary: "Go back to before a run; asks for your password",
      },
    })
    .input(webUndoInputSchema)
    .output(startAnswerSchema)
    .mutation(({ ctx, input }) => updater(ctx).undo.mutate({ ...input, idempotencyKey: keyOf(ctx, input) })),
});

function updater({ web, actor }: Pick<Context, "web"> & { actor: AdminActor }): UpdaterApi {
  return web.updater.as({ kind: "user", userId: actor.id.toString() });
}

/** The key of the click, or of the script's header; without one, every call is its own. */
function keyOf({ headers, web }: Context, input: { idempotencyKey?: string }): string {
  return input.idempotencyKey ?? headers.get(IDEMPOTENCY_HEADER) ?? newUlid(web.clock);
}
