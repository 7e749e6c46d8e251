"use client";

import { useState } from "react";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { useNow } from "../../../_ui/time.tsx";
import { changeOf } from "../../../_update/change-words.ts";
import { LastChange, isNews } from "../../../_update/last-change.tsx";
import { UndoOffer } from "../../../_update/undo-offer.tsx";
import { useOverview, useRun } from "../../../_update/use-run.ts";
import { BackupDialogs } from "./backup-dialogs.tsx";
import type { OpenBackup } from "./backup-dialogs.tsx";
import { BackupList } from "./backup-list.tsx";
import { BringBack } from "./bring-back.tsx";
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
  const { job } = overview;
  // What a later change left behind is the newer news.
  const isOld = job?.outcome === "complete" && run !== null && run.status.run > job.run;
  return (
    <>
      <Overview overview={overview} busy={busy} />
      {job === null || isOld ? null : <JobCard job={job} />}
      <Card title="Backups" action={<BringBack busy={busy} />}>
        <BackupList overview={overview} busy={busy} onOpen={onOpen} />
      </Card>
      <SettingsCard overview={overview} busy={busy} />
    </>
  );
}

/** The restore that is under way or has just ended, and the way back from it. Updates have a page of their own. */
function LastRestore() {
  const run = useRun();
  const now = useNow();
  const history = useOverview().data?.history ?? [];
  const change = run === null ? null : changeOf(run.status);
  const isRestore = change === "restore" || change === "undo-restore";
  // What has just ended offers its way back itself.
  const isSaid = run !== null && isRestore && isNews(run, now);
  const undoable = history.find(({ undoableUntil }) => undoableUntil !== null);
  return (
    <>
      {isRestore ? <LastChange run={run} history={history} /> : null}
      {isSaid || undoable?.kind !== "restore" ? null : <UndoOffer item={undoable} />}
    </>
  );
}
