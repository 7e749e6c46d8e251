"use client";

import { useMutation } from "@tanstack/react-query";
import type { Export } from "../../../../server/exports/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Progress } from "../../../_ui/progress.tsx";
import { contentWords, progressOf } from "./export-view.ts";
import { useRefreshExports } from "./use-exports.ts";

/** The export that is being made: how far it is, and the way to end it. */
export function ExportProgress({ running }: { running: Export }) {
  const refresh = useRefreshExports();
  const cancel = useMutation(useTRPC().exports.cancel.mutationOptions({ onSuccess: refresh }));
  const { percent, sentence } = progressOf(running);
  return (
    <Card
      title="Exporting your data"
      action={
        <Button
          size="small"
          busy={cancel.isPending}
          onClick={() => {
            cancel.mutate({ id: running.id });
          }}
        >
          {cancel.isPending ? "Cancelling…" : "Cancel"}
        </Button>
      }
    >
      {cancel.isError ? <ProblemBanner problem={problemOf(cancel.error)} /> : null}
      {percent === null ? null : <Progress percent={percent} label="Rows that are written" />}
      <p className={percent === null ? "" : "mt-2"}>{sentence}</p>
      <p className="mt-1 text-muted">
        {contentWords(running)}, started by {running.startedBy}. You can leave this page; it goes on.
      </p>
    </Card>
  );
}
