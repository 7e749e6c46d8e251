"use client";

import { useState } from "react";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { changeOf } from "../../../_update/change-words.ts";
import { LastChange } from "../../../_update/last-change.tsx";
import { UndoOffer } from "../../../_update/undo-offer.tsx";
import { useOverview, useRun } from "../../../_update/use-run.ts";
import { BackupDialogs } from "./backup-dialogs.tsx";
import type { OpenBackup } from "./backup-dialogs.tsx";
import { BackupList } from "./backup-list.tsx";
import { JobCard } from "./job-card.tsx";
import { Overview } from "./overview.tsx";
import { SettingsCard } from "./settings-card.tsx";
import { isUnderWay, useBackups } from "./use-backups.ts";

/** Settings → Backups, alive: it follows a job, and a restore through the restart of the app. `initial` is what the server knew. */
export function Backups({ initial }: { initial: BackupsOverview | undefined }) {
  const query = useBackups(initial);
  const [open, setOpen] = useState<OpenBackup | null>(null);
  const { data } = query;
  return (
    <div className="space-y-5">
      <LastRestore />
      {data === undefined ? null : <Known overview={data} onOpen={setOpen} />}
      {query.isPending ? <ListSkeleton label="Loading backups" /> : null}
      {query.isLoadingError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {data === undefined ? null : (
        <BackupDialogs
          open={open}
          overview={data}
          onOpen={setOpen}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

function Known({ overview, onOpen }: { overview: BackupsOverview; onOpen: (open: OpenBackup) => void }) {
  const run = useRun();
  // One thing at a time: while anything is under way, nothing else can be begun.
  const busy = isUnderWay(overview.job) || (run !== null && run.status.outcome === null);
  return (
    <>
      <Overview overview={overview} busy={busy} />
      {overview.job === null ? null : <JobCard job={overview.job} />}
      <Card title="Backups">
        <BackupList overview={overview} busy={busy} onOpen={onOpen} />
      </Card>
      <SettingsCard overview={overview} busy={busy} />
    </>
  );
}

/** The restore that is under way or has just ended, and the way back from it. Updates have a page of their own. */
function LastRestore() {
  const run = useRun();
  const history = useOverview().data?.history ?? [];
  const last = run === null ? null : changeOf(run.status);
  const isRestore = last === "restore" || last === "undo-restore";
  const undoable = history.find(({ undoableUntil }) => undoableUntil !== null);
  const offered = undoable?.kind === "restore" && run?.status.outcome !== null ? undoable : undefined;
  return (
    <>
      {isRestore ? <LastChange run={run} history={history} /> : null}
      <UndoOffer item={offered} />
    </>
  );
}
