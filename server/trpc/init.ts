import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import type { OpenApiMeta } from "trpc-to-openapi";
import type { Role } from "../accounts/contract.ts";
import type { Person, SignedInActor } from "../auth/actors.ts";
import { asAdmin, asEditor, asOwner, asSignedIn } from "../auth/actors.ts";
import { noteSeen } from "../auth/last-seen.ts";
import { personOf } from "../auth/session.ts";
import type { Db } from "../platform/db.ts";
import { AppError } from "../platform/errors.ts";
import { IDEMPOTENCY_HEADER } from "./contract.ts";
import { fieldsOf, problemOf, toTrpcError } from "./errors.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { claimKey } from "./save-once.ts";
import type { Web } from "./web.ts";

export type Context = {
  web: Web;
  headers: Headers;
  /** A procedure that REST offers under GET may be called as a page is: such a call says no origin. */
  method: string;
  /** For reads; in a procedure that saves, the transaction. */
  db: Db;
  /** Who asks, read from the database once per request. */
  person: () => Promise<Person | null>;
};

/** What a procedure knows of its request. Asks the database nothing until a gate needs to know who it is. */
export function createContext(web: Web, { headers, method }: Pick<Request, "headers" | "method">): Context {
  let asked: Promise<Person | null> | null = null;
  return { web, headers, method, db: web.database.read, person: () => (asked ??= findPerson(web, headers)) };
}

async function findPerson(web: Web, headers: Headers): Promise<Person | null> {
  const { secret, secure, epoch, database } = web;
  const known = await personOf(headers, { db: database.read, secret, secure, epoch });
  if (known !== null) noteSeen(web, known);
  return known?.person ?? null;
}

const t = initTRPC
  .context<Context>()
  .meta<OpenApiMeta>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      message: problemOf(error).happened,
      data: { ...shape.data, problem: problemOf(error), fields: fieldsOf(error) },
    }),
  });

export const { router, createCallerFactory } = t;

/** The first of all: whatever is thrown further in leaves as tRPC's error with ours as its cause. */
const translated = t.procedure.use(async ({ ctx, next, path }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  if (error.code === "INTERNAL_SERVER_ERROR") ctx.web.log.error({ err: error.cause ?? error, path }, "a procedure failed");
  throw error;
});

/** Everybody, also who is not signed in. A write that another site made a browser send is refused here, for all procedures. */
export const publicProcedure = translated.use(({ ctx, next, type }) => {
  if (type === "mutation" && ctx.method !== "GET") refuseForeignOrigin(ctx.headers, ctx.web.publicUrl);
  return next();
});

/** Everybody who is signed in: viewer, staff, admin, owner. May read. */
export const signedInProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const person = await ctx.person();
  if (person === null) throw new AppError("sign-in-needed", {});
  return next({ ctx: { actor: asSignedIn(person) } });
});

/** Staff, admin, owner: may edit customers, items and orders. */
export const staffProcedure = signedInProcedure.use(({ ctx, next }) =>
  next({ ctx: { actor: asEditor(ctx.actor) ?? refuse("staff") } }),
);

/** Admin, owner. */
export const adminProcedure = signedInProcedure.use(({ ctx, next }) =>
  next({ ctx: { actor: asAdmin(ctx.actor) ?? refuse("admin") } }),
);

export const ownerProcedure = signedInProcedure.use(({ ctx, next }) =>
  next({ ctx: { actor: asOwner(ctx.actor) ?? refuse("owner") } }),
);

function refuse(role: Exclude<Role, "viewer">): never {
  throw new AppError("role-needed", { role });
}

/**
 * For mutations that save: all of it in one transaction (`ctx.db`), and at most once per idempotency key. Stands behind a gate:
 * `staffProcedure.concat(saving)`. What such a procedure answers is kept with the key, so it may not be a secret.
 */
export const saving = t.procedure.use(async ({ ctx, next, path, getRawInput }) => {
  const { actor } = ctx as Context & { actor: SignedInActor };
  const save = { actor, key: ctx.headers.get(IDEMPOTENCY_HEADER), procedure: path, input: await getRawInput() };
  return ctx.web.database.save(async (db) => {
    const claim = await claimKey(db, save, ctx.web);
    if (claim.repeated) {
      // tRPC has no way of its own to answer in place of what comes next: this is what `next` would have resolved to.
      return { ok: true, data: claim.result } as unknown as Awaited<ReturnType<typeof next>>;
    }
    const result = await next({ ctx: { db } });
    // Thrown, so that the transaction is taken back.
    if (!result.ok) throw result.error;
    await claim.remember(result.data);
    return result;
  });
});
