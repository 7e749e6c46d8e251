"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Plan } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { Time } from "../_ui/time.tsx";
import { Findings } from "./findings.tsx";
import { keptUntil, setAsideWords } from "./fresh-view.ts";
import { timeSentences } from "./plan-view.ts";
import { TypedConfirm } from "./typed-confirm.tsx";
import { useBegin } from "./use-begin.ts";

/**
 * Asks before FilaOps begins with a version and an empty database: in numbers what is set aside, until when it can be brought back, the export offered first; then
 * the farm's name and the password. For owners; `onClose` is called when it shall go, also when the run has begun and its progress is shown instead.
 */
export function StartFreshDialog({ version, onClose }: { version: string; onClose: () => void }) {
  const { mutate: makePlan, ...planning } = useMutation(useTRPC().updates.planFresh.mutationOptions());
  useEffect(() => {
    makePlan({ version });
  }, [makePlan, version]);
  const plan = planning.data;
  const blocked = plan?.findings.some((finding) => finding.level === "blocker") === true;
  return (
    <Dialog title={`Start fresh with FilaOps ${version}?`} open onOpenChange={onClose}>
      {planning.error === null ? null : <ProblemBanner problem={problemOf(planning.error)} />}
      {planning.isPending || planning.isIdle ? <ListSkeleton label="Counting what you have" rows={4} /> : null}
      {plan === undefined ? null : <WhatItMeans plan={plan} onClose={onClose} />}
      {plan === undefined || blocked ? (
        <DialogActions>
          <Button onClick={onClose}>Leave everything as it is</Button>
        </DialogActions>
      ) : (
        <StartFreshForm version={version} plan={plan.id} onClose={onClose} />
      )}
    </Dialog>
  );
}

function WhatItMeans({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const { fresh, from } = plan;
  if (fresh === null) return null;
  return (
    <div className="space-y-4">
      <p>
        <strong className="font-medium">FilaOps begins empty.</strong> {setAsideWords(fresh.books)} are not shown any more.
      </p>
      <p>
        Nothing is destroyed: what there is now is backed up first, then kept as it is until{" "}
        <Time at={keptUntil(plan.createdAt, fresh.keptDays)} />. Until then you can undo the fresh start, and {from} is back with
        everything in it.
      </p>
      <ExportFirst lastExportAt={fresh.lastExportAt} onClose={onClose} />
      <ul className="list-disc space-y-1 pl-5">
        <li>Owners keep their accounts and passwords, and the farm its settings. All other people need a new account.</li>
        <li>Everybody is signed out. Access tokens of scripts end.</li>
        <li>Numbers go on where they are, so that no order and no customer gets one that was given before.</li>
      </ul>
      <p className="text-muted">{timeSentences(plan).join(" ")}</p>
      {plan.findings.some((finding) => finding.level !== "ok") ? <Findings findings={plan.findings} /> : null}
    </div>
  );
}

/** The export comes first: with it, what was there can be imported into the new version. */
function ExportFirst({ lastExportAt, onClose }: { lastExportAt: string | null; onClose: () => void }) {
  return (
    <AlertBanner
      tone={lastExportAt === null ? "warn" : "neutral"}
      title={lastExportAt === null ? "There is no export of your data here." : "Take your data along."}
      actions={
        <LinkButton size="small" href="/settings/data" onClick={onClose}>
          {lastExportAt === null ? "Export data first" : "Export it again"}
        </LinkButton>
      }
    >
      {lastExportAt === null ? null : (
        <p>
          It was last exported <Time at={lastExportAt} />. What was entered since is not in that export.
        </p>
      )}
      <p>What you export can be imported into the new version.</p>
    </AlertBanner>
  );
}

function StartFreshForm({ version, plan, onClose }: { version: string; plan: string; onClose: () => void }) {
  const starting = useMutation(useTRPC().updates.startFresh.mutationOptions());
  const { idempotencyKey, follow } = useBegin(onClose);
  const start = (typed: { farmName: string; password: string }) => {
    starting.mutate({ version, plan, idempotencyKey, ...typed }, follow);
  };
  return (
    <TypedConfirm
      label="Start fresh"
      act={`Start fresh with ${version}`}
      busy={starting.isPending}
      error={starting.error}
      onConfirm={start}
      onClose={onClose}
    />
  );
}
