import { getTRPCErrorFromUnknown } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { asAdmin, asEditor, asSignedIn } from "../../server/auth/actors.ts";
import type { AdminActor, EditorActor, SignedInActor } from "../../server/auth/actors.ts";
import { AppError } from "../../server/platform/errors.ts";
import { problemOf, toTrpcError } from "../../server/trpc/errors.ts";
import type { Context } from "../../server/trpc/init.ts";
import { createContext } from "../../server/trpc/init.ts";
import { refuseForeignOrigin } from "../../server/trpc/origin.ts";
import { web } from "../../server/trpc/web.ts";
import { asRefusal, metaOf } from "./refusals.ts";
import { discardRest } from "./rest-of-body.ts";

/**
 * For routes that are no procedures, since what goes through them is no JSON: the same people, the same problems, and the same answers while saving
 * is paused or the database is away. A problem comes as JSON: `{ problem }`.
 */
export async function answering(request: Request, work: (context: Context) => Promise<Response>): Promise<Response> {
  const instance = web();
  try {
    return await work(createContext(instance, request));
  } catch (thrown) {
    await discardRest(request.body);
    const error = toTrpcError(getTRPCErrorFromUnknown(thrown));
    const { pathname: path } = new URL(request.url);
    if (error.code === "INTERNAL_SERVER_ERROR") instance.log.error({ err: error.cause ?? error, path }, "a request failed");
    const { status, headers } = metaOf(instance, [error]);
    const problem = problemOf(error);
    return asRefusal(Response.json({ problem }, { status: status ?? getHTTPStatusCodeFromError(error), headers }));
  }
}

/** Who may read, read from the database now; throws `sign-in-needed`. */
export async function signedIn({ person }: Context): Promise<SignedInActor> {
  const known = await person();
  if (known === null) throw new AppError("sign-in-needed", {});
  return asSignedIn(known);
}

/** Who may edit and asks from our own pages, or with a token; throws `foreign-origin`, `sign-in-needed`, `role-needed`. */
export async function editor(context: Context): Promise<EditorActor> {
  refuseForeignOrigin(context.headers, context.web.publicUrl);
  const actor = asEditor(await signedIn(context));
  if (actor === null) throw new AppError("role-needed", { role: "staff" });
  return actor;
}

/** Who may administer and asks from our own pages, or with a token; throws `foreign-origin`, `sign-in-needed`, `role-needed`. */
export async function admin(context: Context): Promise<AdminActor> {
  if (context.method !== "GET") refuseForeignOrigin(context.headers, context.web.publicUrl);
  const actor = asAdmin(await signedIn(context));
  if (actor === null) throw new AppError("role-needed", { role: "admin" });
  return actor;
}
