"use client";

import { useMutation } from "@tanstack/react-query";
import type { PublicStatus } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { pathNotice } from "./path-view.ts";
import { useOverview } from "./use-run.ts";

/** After a step of a path: how it goes on, or why it does not. Nothing for any other run. */
export function PathNotice({ run }: { run: PublicStatus }) {
  const notice = pathNotice(useOverview().data?.chain ?? null, run);
  return notice?.sentences.map((sentence) => <p key={sentence}>{sentence}</p>);
}

/** Between two steps: the next one is not begun. */
export function StayHere({ run }: { run: PublicStatus }) {
  const overview = useOverview();
  const cancel = useMutation(
    useTRPC().updates.cancel.mutationOptions({
      onSettled: () => {
        void overview.refetch();
      },
    }),
  );
  return (
    <>
      <Button
        size="small"
        busy={cancel.isPending}
        onClick={() => {
          cancel.mutate({ run: run.run });
        }}
      >
        Stay on {run.to}
      </Button>
      {cancel.error === null ? null : <ProblemBanner problem={problemOf(cancel.error)} />}
    </>
  );
}
