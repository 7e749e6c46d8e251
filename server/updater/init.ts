import { initTRPC, TRPCError } from "@trpc/server";
import { ZodError } from "zod";

import type { Audit } from "../audit/write.ts";
import type { Actor, Problem } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import { firstIssue } from "../platform/files.ts";
import type { Caller } from "./contract.ts";
import type { Operations } from "./operations.ts";
import type { Tickets } from "./tickets.ts";
import type { Users } from "./users.ts";

export type UpdaterContext = { operations: Operations; users: Users; tickets: Tickets; audit: Audit; caller: Caller };

const t = initTRPC.context<UpdaterContext>().create({
  isDev: false,
  // Problems cross the socket as data, so that the words are the same on both sides.
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { ...shape.data, problem: problemOf(error) } }),
});

export const router = t.router;

/** Who is let in by a token. Reads who that is anew on every call; what a caller claims of their role counts for nothing. */
const knownProcedure = t.procedure.use(async ({ ctx, next, path }) => {
  const actor = await actorOf(ctx);
  const refuse = async (role: "admin" | "owner" = "admin"): Promise<never> => {
    await ctx.audit({ actor, action: `updater.${path}`, result: "refused", detail: {} });
    throw new TRPCError({ code: "FORBIDDEN", cause: new AppError("role-needed", { role }) });
  };
  return next({ ctx: { ...ctx, actor, refuse } });
});

/** Everybody whom the web may speak for. */
export const everyoneProcedure = knownProcedure;

/** Owner, admin, or the operator at the server. */
export const adminProcedure = knownProcedure.use(async ({ ctx, next }) => {
  const allowed = ctx.actor.kind === "operator" || (ctx.actor.kind === "user" && ["owner", "admin"].includes(ctx.actor.role));
  return allowed ? next() : ctx.refuse();
});

/** Owner, or the operator at the server. */
export const ownerProcedure = knownProcedure.use(async ({ ctx, next }) => (isOwner(ctx.actor) ? next() : ctx.refuse("owner")));

/** An owner, or the operator at the server, who could do more by hand. */
export function isOwner(actor: Actor): boolean {
  return actor.kind === "operator" || (actor.kind === "user" && actor.role === "owner");
}

/** The operator at the server only. */
export const operatorProcedure = knownProcedure.use(async ({ ctx, next }) =>
  ctx.actor.kind === "operator" ? next() : ctx.refuse(),
);

/** Who that is whom a token lets in, read anew; throws when the user is gone or disabled. */
export async function actorOf({ caller, users }: Pick<UpdaterContext, "caller" | "users">): Promise<Actor> {
  if (caller.kind === "operator") return { kind: "operator" };
  const user = await users.find(caller.userId);
  if (user === null) throw new TRPCError({ code: "UNAUTHORIZED", cause: new AppError("caller-unknown", {}) });
  return { kind: "user", id: user.id, name: user.name, role: user.role };
}

function problemOf(error: TRPCError): Problem {
  if (error.cause instanceof ZodError) return new AppError("input-invalid", { reason: firstIssue(error.cause) }).problem;
  return toProblem(error.cause ?? error);
}
