"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { AutomaticView } from "../../server/updates/automatic-contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";

/** Lets the night pass that is shown here, and no other: who presses it twice, or on a page of yesterday, puts off what they saw. Nothing when none is announced. */
export function NotTonight({ automatic }: { automatic: AutomaticView }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const putOff = useMutation(
    trpc.updates.notTonight.mutationOptions({
      onSuccess: (now) => {
        client.setQueryData(trpc.updates.overview.queryKey(), (old) => (old === undefined ? old : { ...old, automatic: now }));
      },
    }),
  );
  const { decision } = automatic;
  if (!("window" in decision)) return null;
  const { start } = decision.window;
  return (
    <>
      {putOff.error === null ? null : <ProblemBanner problem={problemOf(putOff.error)} />}
      <Button
        size="small"
        busy={putOff.isPending}
        onClick={() => {
          putOff.mutate({ night: start });
        }}
      >
        Not tonight
      </Button>
    </>
  );
}
