"use client";

import { useMutation } from "@tanstack/react-query";
import type { Export } from "../../../../server/exports/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { useRefreshExports } from "./use-exports.ts";

/** An export that did not come to its end: why, and the same one again. */
export function BrokenExport({ broken }: { broken: Export }) {
  const trpc = useTRPC();
  const onSuccess = useRefreshExports();
  const start = useMutation(trpc.exports.start.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.exports.remove.mutationOptions({ onSuccess }));
  const error = start.error ?? remove.error;
  const problem = error === null ? broken.problem : problemOf(error);
  if (problem === null) return null;
  return (
    <ProblemBanner
      problem={problem}
      actions={
        <>
          <Button
            busy={start.isPending}
            onClick={() => {
              start.mutate(broken.options);
            }}
          >
            Export again
          </Button>
          <Button
            variant="quiet"
            busy={remove.isPending}
            onClick={() => {
              remove.mutate({ id: broken.id });
            }}
          >
            Dismiss
          </Button>
        </>
      }
    />
  );
}
