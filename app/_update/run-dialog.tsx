"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";
import type { PublicStatus } from "../../server/updates/contract.ts";
import { problemOf } from "../_client/problem.ts";
import { useTRPC } from "../_client/trpc.tsx";
import { Button } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";
import { ProblemBanner } from "../_ui/problem-banner.tsx";
import { ListSkeleton } from "../_ui/skeleton.tsx";
import { wordsOf } from "./change-words.ts";
import { closeDialog, outcomeShown } from "./desk.ts";
import { OutcomeCard } from "./outcome-card.tsx";
import { publicStatus } from "./public-status.ts";
import { RunProgress } from "./run-progress.tsx";
import { runTitle } from "./run-view.ts";
import type { RunState } from "./run-view.ts";
import { useSessionsEnded } from "./sessions-ended.ts";
import { useOverview, useRun } from "./use-run.ts";

/** A run as it goes and how it ended. It follows the run through the restart of the app; closing it stops nothing. */
export function RunDialog({ run, joined }: { run: string; joined: boolean }) {
  const latest = useRun();
  // A run that was just started may not have been told of yet; one before it is not the one that was asked for.
  const state = latest !== null && latest.status.run >= run ? latest : null;
  const open = state !== null && state.status.outcome === null;
  const goesOn = usePathGoesOn();
  const ended = state !== null && !open && !goesOn;
  const leaving = useSessionsEnded();
  useEffect(() => {
    // Whoever has to sign in first sees the end afterwards.
    if (ended && !leaving) outcomeShown();
  }, [ended, leaving]);
  return (
    <Dialog title={dialogTitle(state)} open onOpenChange={closeDialog} wide>
      {joined && open ? (
        <p className="mb-4">This was already under way when you pressed the button. You see the same run.</p>
      ) : null}
      <Content state={state} />
      <DialogActions>
        <Button onClick={closeDialog}>Close</Button>
        {open && state.full?.canCancel === true ? <CancelRun run={state.status} /> : null}
      </DialogActions>
    </Dialog>
  );
}

/** Between two steps of a path nothing has come to its end. */
function usePathGoesOn(): boolean {
  return useOverview().data?.chain?.state === "next";
}

function Content({ state }: { state: RunState | null }) {
  const history = useOverview().data?.history;
  if (state === null) return <ListSkeleton label="Starting" rows={6} />;
  const { run, outcome } = state.status;
  if (outcome === null) return <RunProgress state={state} />;
  return <OutcomeCard state={state} outcome={outcome} item={history?.find((item) => item.run === run) ?? null} />;
}

function dialogTitle(state: RunState | null): string {
  if (state === null) return "Starting…";
  if (state.status.outcome === null) return runTitle(state.status);
  return wordsOf(state.status).ended(state.status.to);
}

/** Possible as long as nothing was touched; what was begun is taken back. */
export function CancelRun({ run }: { run: PublicStatus }) {
  const cancel = useMutation(useTRPC().updates.cancel.mutationOptions({ onSuccess: publicStatus.refresh }));
  const waiting = cancel.isPending || cancel.isSuccess;
  return (
    <>
      <Button
        busy={waiting}
        onClick={() => {
          cancel.mutate({ run: run.run });
        }}
      >
        {waiting ? "Cancelling…" : wordsOf(run).cancel}
      </Button>
      {cancel.error === null ? null : <ProblemBanner problem={problemOf(cancel.error)} />}
    </>
  );
}
