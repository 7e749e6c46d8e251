import { z } from "zod";
import { byIdInputSchema } from "../trpc/contract.ts";
import { adminProcedure, ownerProcedure, publicProcedure, router, saving, signedInProcedure } from "../trpc/init.ts";
import {
  changePasswordInputSchema,
  createdTokenSchema,
  createTokenInputSchema,
  createUserInputSchema,
  doneSchema,
  meSchema,
  resetPasswordInputSchema,
  settingsSchema,
  setupInputSchema,
  setupStateSchema,
  tokensSchema,
  updateSettingsInputSchema,
  updateUserInputSchema,
  userSchema,
  usersSchema,
} from "./contract.ts";
import { getSettings, updateSettings } from "./settings.ts";
import { setUp, setupState } from "./setup.ts";
import { createToken, listTokens, revokeToken } from "./tokens.ts";
import { changePassword, createUser, listUsers, resetPassword, updateUser } from "./users.ts";

const done = { done: true } as const;

/** The first run. */
export const setupRouter = router({
  state: publicProcedure.output(setupStateSchema).query(({ ctx }) => setupState(ctx.db)),

  create: publicProcedure
    .input(setupInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => setUp(ctx.web.database, input)),
});

export const usersRouter = router({
  me: signedInProcedure.output(meSchema).query(({ ctx }) => ({ ...ctx.actor, id: String(ctx.actor.id) })),

  changePassword: signedInProcedure
    .concat(saving)
    .input(changePasswordInputSchema)
    .output(doneSchema)
    .mutation(({ ctx, input }) => changePassword(ctx.db, ctx.actor, input).then(() => done)),

  list: ownerProcedure.output(usersSchema).query(({ ctx }) => listUsers(ctx.db, ctx.actor)),

  create: ownerProcedure
    .concat(saving)
    .input(createUserInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => createUser(ctx.db, ctx.actor, input)),

  update: ownerProcedure
    .concat(saving)
    .input(updateUserInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => updateUser(ctx.web.clock)(ctx.db, ctx.actor, input)),

  resetPassword: ownerProcedure
    .concat(saving)
    .input(resetPasswordInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => resetPassword(ctx.db, ctx.actor, input)),
});

export const tokensRouter = router({
  list: adminProcedure.output(tokensSchema).query(({ ctx }) => listTokens(ctx.db, ctx.actor)),

  // Not `saving`: the answer holds the secret, which may not be kept.
  create: adminProcedure
    .input(createTokenInputSchema)
    .output(createdTokenSchema)
    .mutation(({ ctx, input }) => createToken(ctx.web.database, ctx.actor, input)),

  revoke: adminProcedure
    .concat(saving)
    .input(byIdInputSchema)
    .output(doneSchema)
    .mutation(({ ctx, input }) => revokeToken(ctx.db, ctx.actor, input.id).then(() => done)),
});

export const settingsRouter = router({
  get: signedInProcedure
    .meta({ openapi: { method: "GET", path: "/settings", tags: ["Settings"], summary: "The farm's settings" } })
    .input(z.void())
    .output(settingsSchema)
    .query(({ ctx }) => getSettings(ctx.db)),

  update: adminProcedure
    .concat(saving)
    .input(updateSettingsInputSchema)
    .output(settingsSchema)
    .mutation(({ ctx, input }) => updateSettings(ctx.db, ctx.actor, input)),
});
