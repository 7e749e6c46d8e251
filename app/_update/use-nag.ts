"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { NagState } from "../../server/nag/contract.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { useMaySteer } from "./use-run.ts";

const USUALLY_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** What owner and admin are told of missed releases; nothing for others. `initial` is what the server knew when it rendered the page. */
export function useNag(initial?: NagState): NagState | undefined {
  const { data } = useQuery({
    ...useTRPC().nag.state.queryOptions(),
    enabled: useMaySteer(),
    refetchInterval: USUALLY_MS,
    retry: 2,
    ...(initial === undefined ? {} : { initialData: initial }),
  });
  return data;
}

/**
 * Has the feed asked, if it is time, when the page is opened and every 24 hours after: the server keeps the pace for all browsers together. What it
 * finds is there for the next page. Stands once per page.
 */
export function useLook(): void {
  const trpc = useTRPC();
  const client = useQueryClient();
  const { data } = useQuery({
    ...trpc.nag.look.queryOptions(),
    enabled: useMaySteer(),
    staleTime: DAY_MS,
    refetchInterval: DAY_MS,
    refetchIntervalInBackground: true,
    retry: false,
  });
  useEffect(() => {
    const known = client.getQueryData(trpc.nag.state.queryKey());
    if (data === undefined || data.checkedAt === known?.checkedAt) return;
    // Asked anew instead of taken over: the reader may have put the notice away while the feed took its time.
    void client.invalidateQueries({ queryKey: trpc.nag.state.queryKey() });
    void client.invalidateQueries({ queryKey: trpc.updates.overview.queryKey() });
  }, [client, data, trpc]);
}

/**
 * Puts the notice of a version away, for this person on all their devices. It is gone from this page at once; when the server cannot write it down
 * (an update may be under way), it comes back later, which is no reason to bother anybody now.
 */
export function usePutAway(): (version: string, kind: "later" | "closed" | "skipped") => void {
  const trpc = useTRPC();
  const client = useQueryClient();
  const queryKey = trpc.nag.state.queryKey();
  const onSuccess = (state: NagState) => {
    client.setQueryData(queryKey, state);
  };
  const dismiss = useMutation(trpc.nag.dismiss.mutationOptions({ onSuccess }));
  const skip = useMutation(trpc.nag.skip.mutationOptions({ onSuccess }));
  return (version, kind) => {
    void client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, (old) =>
      old === undefined ? old : { ...old, notice: { ...old.notice, hidden: { by: kind, until: null } } },
    );
    if (kind === "skipped") skip.mutate({ version });
    else dismiss.mutate({ version, kind });
  };
}
