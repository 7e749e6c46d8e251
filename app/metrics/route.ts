import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPCError } from "@trpc/server";
import { metricsText } from "../../server/system/metrics.ts";
import { problemOf } from "../../server/trpc/errors.ts";
import { createCallerFactory, createContext } from "../../server/trpc/init.ts";
import { appRouter } from "../../server/trpc/root.ts";
import { web } from "../../server/trpc/web.ts";
import { standardHeaders } from "../_server/refusals.ts";

const createCaller = createCallerFactory(appRouter);

/** How FilaOps stands, for Prometheus: with an API token of an admin (`Authorization: Bearer …`). */
export async function GET(request: Request): Promise<Response> {
  const instance = web();
  const headers = standardHeaders(instance);
  const caller = createCaller(createContext(instance, request));
  try {
    const [updates, backups] = await Promise.all([caller.updates.overview(), caller.backups.overview()]);
    return new Response(metricsText(updates, backups), {
      headers: { ...headers, "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    });
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const text = { ...headers, "content-type": "text/plain; charset=utf-8" };
    return new Response(`${problemOf(error).happened}\n`, { status: getHTTPStatusCodeFromError(error), headers: text });
  }
}
