"use client";

import type { HistoryItem } from "../../server/updates/contract.ts";
import { Card } from "../_ui/card.tsx";
import { useNow } from "../_ui/time.tsx";
import { OutcomeCard } from "./outcome-card.tsx";
import { CancelRun } from "./run-dialog.tsx";
import { RunProgress } from "./run-progress.tsx";
import { runTitle } from "./run-view.ts";
import type { RunState } from "./run-view.ts";

/** The change that is under way, or the outcome of the last one as long as it is news, in the page. */
export function LastChange({ run, history }: { run: RunState | null; history: readonly HistoryItem[] }) {
  if (run === null) return null;
  return run.status.outcome === null ? <Running run={run} /> : <Ended run={run} history={history} />;
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

/** Whether a run that has ended is news; what needs a person is until it is mended. */
export function isNews({ status }: RunState, now: number | null): boolean {
  return now === null || now - Date.parse(status.updatedAt) < DAY_MS || status.outcome === "needs_attention";
}

function Ended({ run, history }: { run: RunState; history: readonly HistoryItem[] }) {
  const now = useNow();
  const { outcome } = run.status;
  if (outcome === null || !isNews(run, now)) return null;
  const item = history.find((candidate) => candidate.run === run.status.run) ?? null;
  return <OutcomeCard state={run} outcome={outcome} item={item} />;
}
