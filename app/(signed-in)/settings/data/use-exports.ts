"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ExportList } from "../../../../server/exports/contract.ts";
import { useTRPC } from "../../../_client/trpc.tsx";

const DURING_EXPORT_MS = 1000;
/** Somebody else may begin one. */
const USUALLY_MS = 30_000;

/** All exports, kept up to date. `initial` is what the server knew. */
export function useExports(initial: ExportList | undefined): UseQueryResult<ExportList, unknown> {
  return useQuery({
    ...useTRPC().exports.list.queryOptions(),
    refetchInterval: ({ state }) =>
      state.data?.exports.some((one) => one.state === "running") === true ? DURING_EXPORT_MS : USUALLY_MS,
    ...(initial === undefined ? {} : { initialData: initial }),
  });
}

/** Asks again what there is, now. */
export function useRefreshExports(): () => Promise<void> {
  const client = useQueryClient();
  const trpc = useTRPC();
  return () => client.invalidateQueries({ queryKey: trpc.exports.list.queryKey() });
}
