import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createContext } from "../../../../server/trpc/init.ts";
import { appRouter } from "../../../../server/trpc/root.ts";
import { web } from "../../../../server/trpc/web.ts";
import { asRefusal, metaOf, standardHeaders } from "../../../_server/refusals.ts";
import { discardRest } from "../../../_server/rest-of-body.ts";

/** All procedures, for our own pages. A POST has to be JSON: other types are what a form on another site could send. */
async function handler(request: Request): Promise<Response> {
  const instance = web();
  if (request.method === "POST" && !/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    await discardRest(request.body);
    return Response.json({ error: "Send JSON." }, { status: 415, headers: standardHeaders(instance) });
  }
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: () => createContext(instance, request),
    responseMeta: ({ errors }) => metaOf(instance, errors),
  });
  return asRefusal(response);
}

export { handler as GET, handler as POST };
