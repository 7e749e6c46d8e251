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
import { closeDialog, openDialog } from "./desk.ts";
import { Findings } from "./findings.tsx";
import { newKey } from "./new-key.ts";
import { summaryLines, timeSentences } from "./plan-view.ts";
import { publicStatus } from "./public-status.ts";
import { OutsideLink } from "./release-notes.tsx";

/** Asks before an update: what is new, how long, what is in the way. Pressing twice, here or on a second device, leads to one run. */
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
      { plan: plan.id, idempotencyKey },
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
  return (
    <Dialog title={`Update FilaOps to ${version}?`} open onOpenChange={closeDialog}>
      {failure === null ? null : <ProblemBanner problem={problemOf(failure)} />}
      {failure === null && plan === undefined ? <ListSkeleton label="Checking whether this computer is ready" rows={3} /> : null}
      {plan === undefined ? null : <PlanText plan={plan} />}
      <DialogActions>
        {failure !== null || isBlocked(plan) ? (
          <Button variant="primary" busy={planning.isPending} onClick={checkAgain}>
            Check again
          </Button>
        ) : (
          <Button variant="primary" busy={plan === undefined || starting.isPending} onClick={start}>
            {starting.isPending ? "Starting…" : `Update to ${version}`}
          </Button>
        )}
        <Button onClick={closeDialog}>Later</Button>
      </DialogActions>
    </Dialog>
  );
}

function isBlocked(plan: Plan | undefined): boolean {
  return plan?.findings.some((finding) => finding.level === "blocker") === true;
}

function PlanText({ plan }: { plan: Plan }) {
  const lines = summaryLines(plan.release?.notes ?? "");
  const url = plan.release?.url ?? null;
  return (
    <div className="space-y-4">
      {lines.length === 0 ? null : (
        <ul className="list-disc space-y-1 pl-5" aria-label="What is new">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p>
        Your data will be backed up automatically. If anything goes wrong, FilaOps goes back to {plan.from} by itself and nothing
        is lost.
      </p>
      <p>{timeSentences(plan).join(" ")}</p>
      <Findings findings={plan.findings} />
      {url === null ? null : (
        <p>
          <OutsideLink href={url}>View release notes</OutsideLink>
        </p>
      )}
    </div>
  );
}
