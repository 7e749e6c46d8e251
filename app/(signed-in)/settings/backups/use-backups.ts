"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { useTRPC } from "../../../_client/trpc.tsx";

/** While a job is under way, its bytes are asked for every second; they cost the updater one small file and a list of folders. */
const DURING_JOB_MS = 1000;
const USUALLY_MS = 60_000;
/** An updater that does not answer is usually back in seconds. */
const AFTER_ERROR_MS = 10_000;

/** All that is known of backups, kept up to date. `initial` is what the server knew. */
export function useBackups(initial?: BackupsOverview): UseQueryResult<BackupsOverview, unknown> {
  return useQuery({
    ...useTRPC().backups.overview.queryOptions(),
    refetchInterval: ({ state }) => {
      if (state.status === "error") return AFTER_ERROR_MS;
      return isUnderWay(state.data?.job) ? DURING_JOB_MS : USUALLY_MS;
    },
    ...(initial === undefined ? {} : { initialData: initial }),
  });
}

/** Whether a job has begun and not ended. */
export function isUnderWay(job: BackupsOverview["job"] | undefined): boolean {
  return job?.outcome === null;
}

/** Asks again what there is, now. */
export function useRefreshBackups(): () => Promise<void> {
  const client = useQueryClient();
  const trpc = useTRPC();
  return () => client.invalidateQueries({ queryKey: trpc.backups.overview.queryKey() });
}
