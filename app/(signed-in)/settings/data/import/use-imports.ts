"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Import } from "../../../../../server/imports/contract.ts";
import { useTRPC } from "../../../../_client/trpc.tsx";
import { isBusy } from "./import-view.ts";

const DURING_WORK_MS = 1000;
const USUALLY_MS = 60_000;

/** All imports, kept up to date. `initial` is what the server knew. */
export function useImports(initial: Import[] | undefined): UseQueryResult<Import[], unknown> {
  return useQuery({
    ...useTRPC().imports.list.queryOptions(),
    refetchInterval: ({ state }) => (state.data?.some(({ phase }) => isBusy(phase)) === true ? DURING_WORK_MS : USUALLY_MS),
    ...(initial === undefined ? {} : { initialData: initial }),
  });
}

/** Asks again what there is, now. */
export function useRefreshImports(): () => Promise<void> {
  const client = useQueryClient();
  const trpc = useTRPC();
  return () => client.invalidateQueries({ queryKey: trpc.imports.pathKey() });
}
