"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Plan } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { BreakingChanges } from "./breaking-changes.tsx";
import { closeDialog, openDialog } from "./desk.ts";
import { Findings } from "./findings.tsx";
import { newKey } from "./new-key.ts";
import { OtherWays } from "./other-ways.tsx";
import { pathWords } from "./path-view.ts";
import { summaryLines, timeSentences } from "./plan-view.ts";
import { publicStatus } from "./public-status.ts";
import { OutsideLink } from "./release-notes.tsx";

/** Asks before an update: what is new or what breaks, how long, what is in the way. Pressing twice, here or on a second device, leads to one run. */
export function ConfirmDialog({ version }: { version: string }) {
  const trpc = useTRPC();
  const { mutate: makePlan, ...planning } = useMutation(trpc.updates.plan.mutationOptions());
  const starting = useMutation(trpc.updates.start.mutationOptions());
  const [idempotencyKey] = useState(newKey);
  useEffect(() => {
    makePlan({ version });
  }, [makePlan, version]);

  const plan = planning.data;
  const failure = planning.error ?? starting.error;
  const start = () => {
    if (plan === undefined || starting.isPending) return;
    starting.mutate(
      { plan: plan.id, idempotencyKey, ...(plan.breaking === null ? {} : { acceptBreaking: true }) },
      {
        onSuccess: ({ run, joined }) => {
          publicStatus.refresh();
          openDialog({ kind: "run", run, joined });
        },
      },
    );
  };
  const checkAgain = () => {
    starting.reset();
    makePlan({ version });
  };
  const breaking = plan?.breaking ?? null;
  return (
    <Dialog title={`Update FilaOps to ${version}?`} open onOpenChange={closeDialog} wide={breaking !== null}>
      {failure === null ? null : <ProblemBanner problem={problemOf(failure)} />}
      {failure === null && plan === undefined ? <ListSkeleton label="Checking whether this computer is ready" rows={3} /> : null}
      {plan === undefined ? null : <PlanText plan={plan} />}
      <DialogActions>
        <MainButton
          version={version}
          plan={plan}
          failed={failure !== null}
          checking={planning.isPending}
          starting={starting.isPending}
          onCheck={checkAgain}
          onStart={start}
        />
        {breaking === null ? (
          <Button onClick={closeDialog}>Later</Button>
        ) : (
          <OtherWays version={version} stay={losesData(plan)} />
        )}
      </DialogActions>
    </Dialog>
  );
}

type MainButtonProps = {
  version: string;
  plan: Plan | undefined;
  failed: boolean;
  checking: boolean;
  starting: boolean;
  onCheck: () => void;
  onStart: () => void;
};

/** What the dialog is for: the update, or looking again at what is in its way. */
function MainButton({ version, plan, failed, checking, starting, onCheck, onStart }: MainButtonProps) {
  if (losesData(plan)) return null;
  if (failed || isBlocked(plan)) {
    return (
      <Button variant="primary" busy={checking} onClick={onCheck}>
        Check again
      </Button>
    );
  }
  return (
    <Button variant="primary" busy={plan === undefined || starting} onClick={onStart}>
      {starting ? "Starting…" : `Update to ${version}`}
    </Button>
  );
}

/** Where the data is not carried over, there is no update. */
function losesData(plan: Plan | undefined): boolean {
  return (plan?.breaking?.notMigratable.length ?? 0) > 0;
}

function isBlocked(plan: Plan | undefined): boolean {
  return plan?.findings.some((finding) => finding.level === "blocker") === true;
}

function PlanText({ plan }: { plan: Plan }) {
  const { breaking, release } = plan;
  if (breaking !== null && losesData(plan)) {
    return (
      <div className="space-y-4">
        <BreakingChanges plan={plan} breaking={breaking} />
        <Notes url={release?.url ?? null} />
      </div>
    );
  }
  return (
    <div className="space-y-4">
      {breaking === null ? <WhatIsNew notes={release?.notes ?? ""} /> : <BreakingChanges plan={plan} breaking={breaking} />}
      <PathText plan={plan} />
      <p>
        Your data will be backed up automatically. If anything goes wrong, FilaOps goes back to {plan.from} by itself and nothing
        is lost.
      </p>
      <p>{timeSentences(plan).join(" ")}</p>
      <Findings findings={plan.findings} />
      <Notes url={release?.url ?? null} />
    </div>
  );
}

function WhatIsNew({ notes }: { notes: string }) {
  const lines = summaryLines(notes);
  if (lines.length === 0) return null;
  return (
    <ul className="list-disc space-y-1 pl-5" aria-label="What is new">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** A path over required stops, before its first step. */
function PathText({ plan: { chain } }: { plan: Plan }) {
  if (chain === null) return null;
  return (
    <p>
      The way goes over {chain.path.length} versions: {pathWords(chain.path)}. Each is an update of its own, and the next one
      begins by itself. Should it not work out, FilaOps stays on the one before.
    </p>
  );
}

function Notes({ url }: { url: string | null }) {
  if (url === null) return null;
  return (
    <p>
      <OutsideLink href={url}>View release notes</OutsideLink>
    </p>
  );
}
