"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, isTRPCClientError, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { useState } from "react";
import type { ReactNode } from "react";
import superjson from "superjson";
import { IDEMPOTENCY_HEADER } from "../../server/trpc/contract.ts";
import type { AppRouter } from "../../server/trpc/root.ts";
import { buildNotingFetch } from "../_update/build.ts";
import { pausedFetch } from "../_update/paused-fetch.ts";
import { problemOf } from "./problem.ts";
import { saveKeyLink, saveKeyOf } from "./save-key.ts";

const URL = "/api/trpc";
const MAX_RETRIES = 4;

const context = createTRPCContext<AppRouter>();

/** The procedures as options for TanStack Query: `useQuery(useTRPC().orders.list.queryOptions(…))`. */
export const useTRPC = context.useTRPC;

/** Gives the page the procedures and their cache. Stands once, around everything. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <context.TRPCProvider queryClient={queryClient} trpcClient={trpcClient}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  );
}

/**
 * Queries go by GET and in batches; what asks the updater goes alone, so that its silence never holds up what asks the database. A mutation
 * goes alone, by POST, so that it can be refused and sent again by itself; with its key, if it has one.
 */
function createClient() {
  const http = { url: URL, transformer: superjson, fetch: forTrpc(buildNotingFetch) };
  return createTRPCClient<AppRouter>({
    links: [
      saveKeyLink(),
      splitLink({
        condition: (op) => op.type === "mutation",
        true: httpLink({
          ...http,
          fetch: forTrpc(pausedFetch),
          headers: ({ op }) => {
            const key = saveKeyOf(op);
            return key === null ? {} : { [IDEMPOTENCY_HEADER]: key };
          },
        }),
        false: splitLink({
          condition: (op) => /^(updates|backups|nag)\./.test(op.path),
          true: httpLink(http),
          false: httpBatchLink({ ...http, maxURLLength: 4000 }),
        }),
      }),
    ],
  });
}

/** tRPC knows a smaller `fetch` than the browser's; what it passes is what the browser's takes. */
function forTrpc(send: typeof fetch) {
  return (input: RequestInfo | URL, init?: object) => send(input, init);
}

function createQueryClient() {
  return new QueryClient({
    defaultOptions: {
      // FilaOps often runs in a house without the internet, where the browser calls itself "offline": ask all the same.
      queries: { networkMode: "always", staleTime: 5_000, retry: shouldRetry },
      mutations: { networkMode: "always" },
    },
  });
}

/** A read that failed for reasons of the moment is asked again; a "no" is not, nor what the server itself has asked for again and again. */
function shouldRetry(failures: number, error: unknown): boolean {
  const status = isTRPCClientError<AppRouter>(error) ? error.data?.httpStatus : undefined;
  if (problemOf(error).code === "service-unreachable") return false;
  return failures < MAX_RETRIES && (status === undefined || status >= 500);
}
