import { TRPCError } from "@trpc/server";
import type { Actor } from "../platform/contract.ts";
import { AppError, toProblem } from "../platform/errors.ts";
import type { Breaking } from "../releases/contract.ts";
import type { Plan } from "../updates/contract.ts";
import { isSameName } from "../accounts/farm-contract.ts";
import type {
  operatorResetPasswordInputSchema,
  startFreshInputSchema,
  startInputSchema,
  undoInputSchema,
  updateInputSchema,
} from "./contract.ts";
import type { Job } from "../updates/plan.ts";
import type { restoreInputSchema } from "./backup-contract.ts";
import type { UpdaterContext } from "./init.ts";
import { isOwner } from "./init.ts";
import type { z } from "zod";

type Context = UpdaterContext & { actor: Actor };
/** `recorded`: what the audit log has of it besides. */
type Started = { run: string; joined: boolean; recorded?: Record<string, string | null> };

/** Does a privileged act and writes it to the audit log, whichever way it ends; the entry is durable before the answer. */
export async function audited<T extends object>(ctx: Context, action: string, act: () => Promise<T>): Promise<T> {
  const name = `updater.${action}`;
  try {
    const result = await act();
    const run = "run" in result && typeof result.run === "string" ? { run: result.run } : {};
    const recorded = "recorded" in result && typeof result.recorded === "object" ? result.recorded : {};
    const detail = { ...run, ...recorded };
    await ctx.audit({ actor: ctx.actor, action: name, result: "done", detail });
    return result;
  } catch (error) {
    const problem = toProblem(error instanceof TRPCError ? error.cause : error);
    await ctx.audit({ actor: ctx.actor, action: name, result: "failed", detail: { problem: problem.code } });
    throw error;
  }
}

/** Starts the run of a plan that a person saw; a repeated key is the same run. */
export async function start(ctx: Context, input: z.infer<typeof startInputSchema>): Promise<Started> {
  const earlier = await ctx.operations.startedWith(input.idempotencyKey);
  if (earlier !== null) return { run: earlier, joined: true };
  return startPlan(ctx, await ctx.operations.plan(input.plan), input);
}

/** Plans and starts an update in one go. */
export async function update(ctx: Context, input: z.infer<typeof updateInputSchema>): Promise<Started> {
  const under = (await ctx.operations.startedWith(input.idempotencyKey)) ?? (await ctx.operations.openChange());
  if (under !== null) return { run: under, joined: true };
  const way = await ctx.operations.way(input.version);
  return startPlan(ctx, await ctx.operations.planUpdate({ way, actor: ctx.actor }), input);
}

/** Takes back a run, by the plan that the person saw or by one made now. */
export async function undo(ctx: Context, input: z.infer<typeof undoInputSchema>): Promise<Started> {
  const earlier = await ctx.operations.startedWith(input.idempotencyKey);
  if (earlier !== null) return { run: earlier, joined: true };
  await provePassword(ctx, input.password);
  const plan =
    input.plan === undefined
      ? await ctx.operations.planUndo({ run: input.run, actor: ctx.actor })
      : await ctx.operations.plan(input.plan);
  if (plan.undoes?.run !== input.run) throw new AppError("not-found", { what: "plan for undoing this run" });
  return begin(ctx, plan, input.idempotencyKey);
}

/** Makes a backup, reads one through, or restores one on trial. */
export async function job(ctx: Context, wanted: Job, idempotencyKey: string): Promise<Started> {
  const earlier = await ctx.operations.startedWith(idempotencyKey);
  if (earlier !== null) return { run: earlier, joined: true };
  return begin(ctx, await ctx.operations.planJob({ job: wanted, actor: ctx.actor }), idempotencyKey);
}

/** Restores a backup in place of what is live, by the plan that the person saw or by one made now. */
export async function restore(ctx: Context, input: z.infer<typeof restoreInputSchema>): Promise<Started> {
  const earlier = await ctx.operations.startedWith(input.idempotencyKey);
  if (earlier !== null) return { run: earlier, joined: true };
  await provePassword(ctx, input.password);
  const { backup } = input;
  const plan =
    input.plan === undefined
      ? await ctx.operations.planRestore({ backup, actor: ctx.actor })
      : await ctx.operations.plan(input.plan);
  if (plan.kind !== "restore" || plan.backup?.id !== backup) throw new AppError("not-found", { what: "plan for this backup" });
  return begin(ctx, plan, input.idempotencyKey);
}

/** Starts fresh with a version, by the plan that the person saw or by one made now. Whether there was an export before is written down with it. */
export async function startFresh(ctx: Context, input: z.infer<typeof startFreshInputSchema>): Promise<Started> {
  const earlier = await ctx.operations.startedWith(input.idempotencyKey);
  if (earlier !== null) return { run: earlier, joined: true };
  await provePassword(ctx, input.password);
  if (!isSameName(input.farmName, await ctx.users.farmName())) throw new AppError("farm-name-wrong", {});
  const { version } = input;
  const plan =
    input.plan === undefined
      ? await ctx.operations.planFresh({ release: await ctx.operations.release(version), actor: ctx.actor })
      : await ctx.operations.plan(input.plan);
  if (plan.kind !== "start_fresh" || plan.to !== version) throw new AppError("not-found", { what: "plan for starting fresh" });
  const started = await begin(ctx, plan, input.idempotencyKey);
  return { ...started, recorded: { lastExportAt: plan.fresh?.lastExportAt ?? null } };
}

/** Sets a password for somebody who cannot sign in any more; never while a run is under way, whose books must stay equal. */
export async function resetPassword(ctx: Context, input: z.infer<typeof operatorResetPasswordInputSchema>) {
  const user = await ctx.operations.whileIdle(() => ctx.users.resetPassword(input.email, input.password));
  if (user === null) throw new AppError("not-found", { what: "user" });
  return user;
}

type StartWish = { idempotencyKey: string; password?: string; acceptBreaking?: boolean };

async function startPlan(ctx: Context, plan: Plan, input: StartWish): Promise<Started> {
  // What wants the farm's name typed has a verb of its own.
  if (plan.kind === "start_fresh") throw new AppError("not-found", { what: "plan that is begun in this way" });
  // Taking back may lose what was entered since: whoever asks for it by any verb proves who they are.
  if (plan.kind === "restore" && !isOwner(ctx.actor)) {
    throw new TRPCError({ code: "FORBIDDEN", cause: new AppError("role-needed", { role: "owner" }) });
  }
  if (plan.kind === "undo" || plan.kind === "restore") await provePassword(ctx, input.password);
  if (plan.breaking !== null) refuseUnlessAccepted(plan, plan.breaking, input.acceptBreaking === true);
  return begin(ctx, plan, input.idempotencyKey);
}

/** Nobody meets what a release breaks without having been told; and where the data is not carried over, nothing is updated. */
function refuseUnlessAccepted({ to, chain }: Plan, { notMigratable, releases }: Breaking, accepted: boolean): void {
  if (notMigratable.length > 0) throw new AppError("data-not-carried-over", { versions: notMigratable });
  if (accepted) return;
  const changes = releases.flatMap((release) => release.changes.map(({ title }) => title));
  throw new AppError("breaking-not-accepted", { version: chain?.path.at(-1) ?? to, changes });
}

function begin(ctx: Context, plan: Plan, idempotencyKey: string): Promise<Started> {
  return ctx.operations.start({ plan: plan.id, actor: ctx.actor, idempotencyKey });
}

/** The updater checks the password itself: a web that was taken over has a user's id, but not their password. */
export async function provePassword(ctx: Context, password: string | undefined): Promise<void> {
  if (ctx.actor.kind === "operator") return;
  if (ctx.actor.kind !== "user" || !(await ctx.users.checkPassword(ctx.actor.id, password ?? ""))) {
    throw new AppError("password-wrong", {});
  }
}
