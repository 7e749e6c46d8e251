"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Progress } from "../../../_ui/progress.tsx";
import { Time, useNow } from "../../../_ui/time.tsx";
import type { JobView } from "./copies-view.ts";

/** Copy now, how far it is, and how the last copying ended. */
export function Copying({ view }: { view: JobView }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const start = useMutation(
    trpc.backups.copyOut.mutationOptions({
      // Also when it was refused: then something else is under way, which this shows.
      onSettled: () => queries.invalidateQueries({ queryKey: trpc.backups.overview.queryKey() }),
    }),
  );
  const { reset } = start;
  const news = view.kind === "ended" ? view.at : view.kind;
  useEffect(() => {
    // Why it could not begin is no news any more once something else is.
    reset();
  }, [reset, news]);
  const waits = view.kind === "copying" || view.kind === "busy" || start.isPending;
  return (
    <div className="space-y-4">
      {view.kind === "copying" ? <UnderWay view={view} /> : null}
      {view.kind === "busy" ? <p role="status">{view.sentence}</p> : null}
      {view.kind === "ended" ? <Ended view={view} /> : null}
      <Refused error={waits ? null : start.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          busy={waits}
          onClick={() => {
            start.mutate({});
          }}
        >
          {view.kind === "copying" || start.isPending ? "Copying…" : "Copy now"}
        </Button>
        {view.kind === "copying" && view.canCancel ? <Cancel run={view.run} /> : null}
      </div>
    </div>
  );
}

function Refused({ error }: { error: unknown }) {
  return error === null ? null : <ProblemBanner problem={problemOf(error)} />;
}

function UnderWay({ view }: { view: JobView & { kind: "copying" } }) {
  return (
    <div className="space-y-2">
      <Progress percent={view.percent} label="Copying" text={view.sentence} />
      <p>{view.sentence}</p>
      <p className="text-muted">Everybody can go on working. You can close this window; the copying goes on.</p>
      <p role="status" className="sr-only">
        Copying backups
      </p>
    </div>
  );
}

const NEWS_MS = 10 * 60_000;

/** What went well is said for a while; what did not stays until something else is tried. */
function Ended({ view: { title, tone, problem, at } }: { view: JobView & { kind: "ended" } }) {
  const now = useNow();
  if (problem === null && now !== null && now - Date.parse(at) > NEWS_MS) return null;
  return (
    <AlertBanner tone={tone} title={title} role={problem === null ? "status" : "alert"}>
      {problem === null ? null : (
        <>
          <p>{problem.meaning}</p>
          <p>{problem.todo}</p>
        </>
      )}
      <p className="text-muted">
        <Time at={at} />
      </p>
    </AlertBanner>
  );
}

function Cancel({ run }: { run: string }) {
  const cancel = useMutation(useTRPC().backups.cancel.mutationOptions());
  const waiting = cancel.isPending || cancel.isSuccess;
  return (
    <>
      <Button
        busy={waiting}
        onClick={() => {
          cancel.mutate({ run });
        }}
      >
        {waiting ? "Cancelling…" : "Cancel"}
      </Button>
      {cancel.error === null ? null : <ProblemBanner problem={problemOf(cancel.error)} />}
    </>
  );
}
