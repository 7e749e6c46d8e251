"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Overview } from "../../server/updater/contract.ts";
import { useFarm } from "../_client/farm.tsx";
import { includesRole } from "../_client/roles.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { isOpen } from "./public-status.ts";
import { joinStatus } from "./run-view.ts";
import type { RunState } from "./run-view.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** While a run is under way the details are asked for every second; they cost the updater one small file. */
const DURING_RUN_MS = 1000;
const USUALLY_MS = 5 * 60_000;
/** An updater that does not answer is usually back in seconds. */
const AFTER_ERROR_MS = 10_000;

/** Whether the reader may see and steer updates. The server decides anew in every procedure; here it only chooses what is shown. */
export function useMaySteer(): boolean {
  return includesRole(useFarm().me.role, "admin");
}

/** All that owner and admin see of updates; nothing for others. Kept while the app restarts. */
export function useOverview(initial?: Overview) {
  const { status } = usePublicStatus();
  const open = isOpen(status);
  return useQuery({
    ...useTRPC().updates.overview.queryOptions(),
    enabled: useMaySteer(),
    refetchInterval: ({ state }) => {
      // Between two steps of a path the next run begins by itself.
      if (open || state.data?.chain?.state === "next") return DURING_RUN_MS;
      return state.status === "error" ? AFTER_ERROR_MS : USUALLY_MS;
    },
    retry: open ? 0 : 2,
    ...(initial === undefined ? {} : { initialData: initial }),
  });
}

/** The last run, from the updater's details and the gate's public word, whichever is newer. */
export function useRun(): RunState | null {
  const { status } = usePublicStatus();
  const overview = useOverview();
  return joinStatus(overview.data?.status ?? null, status);
}

/** When a run ends, whatever the pages show may have changed: asks for everything that is on screen again, once. Stands once per page. */
export function useRefreshAfterRun(): void {
  const { status } = usePublicStatus();
  const client = useQueryClient();
  const open = isOpen(status);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !open) void client.invalidateQueries();
    wasOpen.current = open;
  }, [open, client]);
}
