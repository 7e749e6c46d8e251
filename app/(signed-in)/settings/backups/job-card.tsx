"use client";

import { useMutation } from "@tanstack/react-query";
import type { Status } from "../../../../server/updates/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Progress } from "../../../_ui/progress.tsx";
import { useNow } from "../../../_ui/time.tsx";
import { isNews, jobEnd, jobProgress } from "./job-view.ts";
import { useRefreshBackups } from "./use-backups.ts";

/** The job that is under way, or how the last one ended as long as that is news. Nobody else notices it. */
export function JobCard({ job }: { job: Status }) {
  const now = useNow();
  if (job.outcome === null) return <UnderWay job={job} />;
  if (now === null || !isNews(job, now)) return null;
  const end = jobEnd(job);
  if (end === null) return null;
  return (
    <AlertBanner
      tone={end.tone}
      title={end.title}
      role={job.outcome === "complete" || job.outcome === "cancelled" ? "status" : "alert"}
      actions={
        <LinkButton size="small" href={`/settings/backups/${job.run}`}>
          Show details
        </LinkButton>
      }
    >
      {end.sentences.map((sentence) => (
        <p key={sentence} className="wrap-anywhere">
          {sentence}
        </p>
      ))}
    </AlertBanner>
  );
}

function UnderWay({ job }: { job: Status }) {
  const { title, sentence, step, percent } = jobProgress(job, useNow() === null ? "UTC" : undefined);
  return (
    <Card title={title} action={job.canCancel ? <CancelJob run={job.run} /> : undefined}>
      {percent === null ? null : <Progress percent={percent} label={step} />}
      <p className={percent === null ? "" : "mt-2"}>{sentence}</p>
      <p role="status" className="sr-only">
        {step}
      </p>
      <p className="mt-1 text-muted">Everybody can go on working. You can leave this page; it goes on.</p>
    </Card>
  );
}

function CancelJob({ run }: { run: string }) {
  const refresh = useRefreshBackups();
  const cancel = useMutation(useTRPC().backups.cancel.mutationOptions({ onSuccess: refresh }));
  const waiting = cancel.isPending || cancel.isSuccess;
  return (
    <div className="flex flex-col items-end gap-2">
      <Button
        size="small"
        busy={waiting}
        onClick={() => {
          cancel.mutate({ run });
        }}
      >
        {waiting ? "Cancelling…" : "Cancel"}
      </Button>
      {cancel.error === null ? null : <ProblemBanner problem={problemOf(cancel.error)} />}
    </div>
  );
}
