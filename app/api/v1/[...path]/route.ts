import { createOpenApiFetchHandler, generateOpenApiDocument } from "trpc-to-openapi";
import { createContext } from "../../../../server/trpc/init.ts";
import { appRouter } from "../../../../server/trpc/root.ts";
import { web } from "../../../../server/trpc/web.ts";
import { asRefusal, metaOf, standardHeaders } from "../../../_server/refusals.ts";
import { discardRest } from "../../../_server/rest-of-body.ts";

const ENDPOINT = "/api/v1";
/** Procedures that begin long work: the answer names a run that goes on (202). */
const LONG: readonly string[] = [
  "updates.update",
  "updates.undo",
  "backups.backUp",
  "backups.verify",
  "backups.drill",
  "backups.restore",
  "updates.startFresh",
];
/** More than any order with its lines. */
const MAX_BYTES = 1_000_000;

/** REST for scripts, made of the same procedures as the pages': with an API token (`Authorization: Bearer …`) or a session. */
async function handler(request: Request): Promise<Response> {
  const instance = web();
  const { pathname } = new URL(request.url);
  if (pathname === `${ENDPOINT}/openapi.json`) {
    return Response.json(description(instance.build.version, instance.publicUrl), { headers: standardHeaders(instance) });
  }
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BYTES) {
    await discardRest(request.body);
    return Response.json({ message: "The request is too large." }, { status: 413, headers: standardHeaders(instance) });
  }
  const response = await createOpenApiFetchHandler({
    endpoint: ENDPOINT,
    req: request,
    router: appRouter,
    createContext: () => createContext(instance, request),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what tRPC wants instead, trpc-to-openapi leaves empty
    responseMeta: ({ errors, paths = [] }) => ({
      ...(errors.length === 0 && paths.some((path) => LONG.includes(path)) ? { status: 202 } : {}),
      ...metaOf(instance, errors),
    }),
  });
  return asRefusal(response);
}

function description(version: string, publicUrl: URL) {
  const document = generateOpenApiDocument(appRouter, {
    title: "FilaOps",
    version,
    baseUrl: new URL(ENDPOINT, publicUrl).href,
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
  });
  for (const { post } of Object.values(document.paths ?? {})) {
    if (post !== undefined && LONG.includes(post.operationId?.replace("-", ".") ?? "")) sayAccepted(post);
  }
  return document;
}

/** The library writes every success down as 200. */
function sayAccepted(operation: { responses?: Record<string, object> }): void {
  const { 200: success, ...others } = operation.responses ?? {};
  operation.responses = { 202: { ...success, description: "It has begun: the answer names the run that goes on" }, ...others };
}

export { handler as GET, handler as POST, handler as PUT, handler as PATCH, handler as DELETE };
