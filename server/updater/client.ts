import type { HTTPLinkOptions, TRPCClient } from "@trpc/client";
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import { Agent, fetch } from "undici";
import type { RequestInit } from "undici";
import { z } from "zod";
import { problemSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import { USER_HEADER } from "./authenticate.ts";
import type { Caller } from "./contract.ts";
import type { UpdaterRouter } from "./router.ts";

/** The updater's procedures, called as the one for whom it was made: `updater.start.mutate({ plan, idempotencyKey })`. */
export type UpdaterApi = TRPCClient<UpdaterRouter>;

export type UpdaterClient = {
  as: (caller: Caller) => UpdaterApi;
  close: () => Promise<void>;
};

type FetchEsque = NonNullable<HTTPLinkOptions<UpdaterRouter["_def"]["_config"]["$types"]>["fetch"]>;

/** Longer than a plan with all its checks takes; a run is never waited for. */
const TIMEOUT_MS = 60_000;

/**
 * Speaks to the updater through its unix socket. What goes wrong there comes out here as an `AppError` with the same code and words; an updater
 * that does not answer as `service-unreachable`. Connects on the first call, again on every next one if it has to.
 */
export function createUpdaterClient(options: { socketPath: string; token: string; timeoutMs?: number }): UpdaterClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const agent = new Agent({ connect: { socketPath: options.socketPath, timeout: 5000 } });
  const overSocket: FetchEsque = (url, init) => {
    const late = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal instanceof AbortSignal ? AbortSignal.any([late, init.signal]) : late;
    // The link always asks by text.
    return fetch(url as string, { ...(init as RequestInit), signal, dispatcher: agent });
  };
  return {
    as: (caller) => {
      const link = httpLink<UpdaterRouter>({
        // The host is not used: the agent connects to the socket.
        url: "http://updater",
        headers: {
          authorization: `Bearer ${options.token}`,
          ...(caller.kind === "user" ? { [USER_HEADER]: caller.userId } : {}),
        },
        fetch: overSocket,
      });
      return withProblems(createTRPCClient<UpdaterRouter>({ links: [link] }));
    },
    close: () => agent.close(),
  };
}

type Call = (...args: unknown[]) => Promise<unknown>;

/** Every procedure of the flat router, with errors as ours. */
function withProblems(api: UpdaterApi): UpdaterApi {
  const wrap =
    (call: Call): Call =>
    (...args) =>
      call(...args).catch((error: unknown) => {
        throw toAppError(error);
      });
  return new Proxy(api, {
    get: (target, name) => {
      const procedure = (target as unknown as Record<PropertyKey, Record<"query" | "mutate", Call>>)[name];
      return procedure && { query: wrap(procedure.query), mutate: wrap(procedure.mutate) };
    },
  });
}

function toAppError(error: unknown): AppError {
  const data: unknown = error instanceof TRPCClientError ? (error.data as unknown) : undefined;
  const problem = z.object({ problem: problemSchema }).safeParse(data);
  if (problem.success) return AppError.reported(problem.data.problem, { cause: error });
  return new AppError("service-unreachable", { service: "The update service", reason: reasonOf(error) }, { cause: error });
}

function reasonOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  return "code" in deepest && typeof deepest.code === "string" ? deepest.code : deepest.message;
}
