"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import type { BackupsOverview } from "../../../../server/updater/backup-contract.ts";
import type { Plan } from "../../../../server/updates/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Button, LinkButton } from "../../../_ui/button.tsx";
import { Dialog, DialogActions } from "../../../_ui/dialog.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Findings } from "../../../_update/findings.tsx";
import { lostLines, timeSentences } from "../../../_update/plan-view.ts";
import { moment, plural } from "../../../_update/words.ts";
import { madeAt, nextGood } from "./backup-view.ts";
import type { BackupRow } from "./backup-view.ts";
import { RestoreForm } from "./restore-form.tsx";

/** Asks before a backup is restored: in numbers what would be lost, what is kept, then the farm's name and the password. */
export function RestoreDialog({
  row,
  overview,
  onClose,
  onOther,
}: {
  row: BackupRow;
  overview: BackupsOverview;
  onClose: () => void;
  onOther: (id: string) => void;
}) {
  const { mutate: makePlan, ...planning } = useMutation(useTRPC().backups.planRestore.mutationOptions());
  useEffect(() => {
    makePlan({ backup: row.id });
  }, [makePlan, row.id]);
  const plan = planning.data;
  const blocked = plan?.findings.some((finding) => finding.level === "blocker") === true;
  return (
    <Dialog title={`Restore the backup of ${moment(madeAt(row))}?`} open onOpenChange={onClose}>
      {planning.error === null ? null : (
        <Refusal error={planning.error} other={nextGood(overview.backups, row.id)} onOther={onOther} />
      )}
      {planning.isPending || planning.isIdle ? (
        <ListSkeleton label="Counting what was entered since this backup" rows={3} />
      ) : null}
      {plan === undefined ? null : <WhatItMeans plan={plan} undoDays={overview.undoDays} />}
      {plan === undefined || blocked ? (
        <DialogActions>
          <Button onClick={onClose}>Leave everything as it is</Button>
        </DialogActions>
      ) : (
        <RestoreForm backup={row.id} plan={plan.id} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** Why it cannot be restored, and what can be instead. */
function Refusal({ error, other, onOther }: { error: unknown; other: BackupRow | null; onOther: (id: string) => void }) {
  const problem = problemOf(error);
  const damaged = ["backup-damaged", "backup-missing", "backup-foreign", "not-found"].includes(problem.code);
  return (
    <ProblemBanner
      problem={problem}
      actions={
        problem.code === "backup-newer" ? (
          <LinkButton size="small" href="/settings/updates">
            Go to updates
          </LinkButton>
        ) : damaged && other !== null ? (
          <Button
            size="small"
            className="text-left whitespace-normal!"
            onClick={() => {
              onOther(other.id);
            }}
          >
            Look at the backup of {moment(madeAt(other))} instead
          </Button>
        ) : undefined
      }
    />
  );
}

function WhatItMeans({ plan, undoDays }: { plan: Plan; undoDays: number }) {
  const lines = lostLines(plan.backup?.lost ?? null);
  return (
    <div className="space-y-4">
      {lines.length === 0 ? (
        <p>Nothing was entered since this backup, so nothing would be lost.</p>
      ) : (
        <div>
          <p className="font-medium">What was entered since this backup would not be there any more:</p>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      <p>
        Nothing is destroyed: what is there now is backed up first, then kept aside for {plural(undoDays, "day")}. Until then you
        can undo the restore.
      </p>
      <p>Everybody is signed out, and signs in again with the password of that time.</p>
      {plan.backup === null || plan.backup.version === plan.to ? null : (
        <p>
          The backup was made by FilaOps {plan.backup.version}; its data is brought forward to {plan.to}.
        </p>
      )}
      <p className="text-muted">{timeSentences(plan).join(" ")}</p>
      {plan.findings.some((finding) => finding.level !== "ok") ? <Findings findings={plan.findings} /> : null}
    </div>
  );
}
