"use client";

import type { Overview } from "../../../../server/updater/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { useNow } from "../../../_ui/time.tsx";
import { OutcomeCard } from "../../../_update/outcome-card.tsx";
import { CancelRun } from "../../../_update/run-dialog.tsx";
import { RunProgress } from "../../../_update/run-progress.tsx";
import { runTitle } from "../../../_update/run-view.ts";
import type { RunState } from "../../../_update/run-view.ts";
import { useOverview, useRun } from "../../../_update/use-run.ts";
import { History } from "./history.tsx";
import { StateCard } from "./state-card.tsx";

/** Settings → Updates, alive: it follows a run through the restart of the app. `initial` is what the server knew. */
export function Updates({ initial }: { initial: Overview | undefined }) {
  const overview = useOverview(initial);
  const run = useRun();
  const running = run !== null && run.status.outcome === null;
  return (
    <div className="space-y-5">
      {run === null ? null : running ? <Running run={run} /> : <Ended run={run} overview={overview.data} />}
      {overview.data === undefined ? null : <Known overview={overview.data} run={run} />}
      {overview.isPending ? <ListSkeleton label="Loading what is known of updates" /> : null}
      {overview.isLoadingError && !running ? (
        <ProblemBanner
          problem={problemOf(overview.error)}
          actions={
            <Button
              busy={overview.isFetching}
              onClick={() => {
                void overview.refetch();
              }}
            >
              Try again
            </Button>
          }
        />
      ) : null}
    </div>
  );
}

function Known({ overview, run }: { overview: Overview; run: RunState | null }) {
  const behind = overview.service?.problem ?? null;
  const running = run !== null && run.status.outcome === null;
  return (
    <>
      {behind === null ? null : (
        <AlertBanner tone="warn" title="Everybody can work, but the update service stayed behind">
          <p>
            {behind.happened} {behind.todo}
          </p>
        </AlertBanner>
      )}
      <StateCard overview={overview} startable={!running && run?.status.outcome !== "needs_attention"} />
      <History items={overview.history} running={running} />
    </>
  );
}

function Running({ run }: { run: RunState }) {
  return (
    <Card title={runTitle(run.status)}>
      <RunProgress state={run} />
      {run.full?.canCancel === true ? (
        <div className="mt-4">
          <CancelRun run={run.status} />
        </div>
      ) : null}
    </Card>
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The outcome of the last run, as long as it is news; what needs a person stays until it is mended. */
function Ended({ run, overview }: { run: RunState; overview: Overview | undefined }) {
  const now = useNow();
  const { outcome, updatedAt } = run.status;
  if (outcome === null) return null;
  const news = now === null || now - Date.parse(updatedAt) < DAY_MS;
  if (!news && outcome !== "needs_attention") return null;
  const item = overview?.history.find((candidate) => candidate.run === run.status.run) ?? null;
  return <OutcomeCard state={run} outcome={outcome} item={item} />;
}
