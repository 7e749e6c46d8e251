import type { HTTPLinkOptions, TRPCClient } from "@trpc/client";
import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import { Agent, fetch } from "undici";
import type { RequestInit } from "undici";
import { z } from "zod";
import type { Clock } from "../platform/clock.ts";
import { problemSchema } from "../platform/contract.ts";
import { AppError } from "../platform/errors.ts";
import type { ArchiveClient } from "./archive-client.ts";
import { createArchiveClient } from "./archive-client.ts";
import { USER_HEADER } from "./authenticate.ts";
import type { Caller } from "./contract.ts";
import type { UpdaterRouter } from "./router.ts";

/** The updater's procedures, called as the one for whom it was made: `updater.start.mutate({ plan, idempotencyKey })`. */
export type UpdaterApi = TRPCClient<UpdaterRouter>;

export type UpdaterClient = {
  as: (caller: Caller) => UpdaterApi;
  archives: (caller: Caller) => ArchiveClient;
  close: () => Promise<void>;
};

type FetchEsque = NonNullable<HTTPLinkOptions<UpdaterRouter["_def"]["_config"]["$types"]>["fetch"]>;

/** Longer than a plan with all its checks takes; a run is never waited for. */
const TIMEOUT_MS = 60_000;

/** How long a caller who need not hear at once that nobody answers waits for an updater that is being replaced, and how often it is tried. */
export const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

export type UpdaterClientOptions = {
  socketPath: string;
  token: string;
  timeoutMs?: number;
  /** Without it, an updater that cannot be reached at this moment is `service-unreachable` at once. */
  patience?: { ms: number; clock: Clock };
};

/**
 * Speaks to the updater through its unix socket. What goes wrong there comes out here as an `AppError` with the same code and words; an updater
 * that does not answer as `service-unreachable`. Connects on the first call, again on every next one if it has to: after an update the updater
 * itself is replaced, while people go on pressing buttons. What got no answer is sent again within the patience; every call may be repeated, since
 * starting a run carries a key of its own.
 */
export function createUpdaterClient(options: UpdaterClientOptions): UpdaterClient {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const agent = new Agent({ bodyTimeout: 0, headersTimeout: 0, connect: { socketPath: options.socketPath, timeout: 5000 } });
  const overSocket: FetchEsque = (url, init) => {
    const late = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal instanceof AbortSignal ? AbortSignal.any([late, init.signal]) : late;
    // The link always asks by text.
    const send = () => fetch(url as string, { ...(init as RequestInit), signal, dispatcher: agent });
    return options.patience === undefined ? send() : untilAnswered(send, { ...options.patience, signal });
  };
  const headersOf = (caller: Caller): Record<string, string> => ({
    authorization: `Bearer ${options.token}`,
    ...(caller.kind === "user" ? { [USER_HEADER]: caller.userId } : {}),
  });
  return {
    archives: (caller) => createArchiveClient(agent, headersOf(caller)),
    as: (caller) => {
      const link = httpLink<UpdaterRouter>({
        // The host is not used: the agent connects to the socket.
        url: "http://updater",
        headers: headersOf(caller),
        fetch: overSocket,
      });
      return withProblems(createTRPCClient<UpdaterRouter>({ links: [link] }));
    },
    close: () => agent.close(),
  };
}

async function untilAnswered<T>(send: () => Promise<T>, within: { ms: number; clock: Clock; signal: AbortSignal }): Promise<T> {
  const { ms, clock, signal } = within;
  const deadline = clock.monotonic() + ms;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (signal.aborted || clock.monotonic() + PAUSE_MS > deadline) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
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
