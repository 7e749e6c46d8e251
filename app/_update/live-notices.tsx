"use client";

import { useEffect, useState } from "react";
import type { NagState } from "../../server/nag/contract.ts";
import type { Overview } from "../../server/updater/contract.ts";
import { AvailableBanner } from "./available-banner.tsx";
import { pageBuild } from "./build.ts";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { closeDialog, useDialog } from "./desk.ts";
import { OverdueDialog } from "./overdue-dialog.tsx";
import { RunBar } from "./run-bar.tsx";
import { RunDialog } from "./run-dialog.tsx";
import { useSessionsEnded } from "./sessions-ended.ts";
import { StartFreshDialog } from "./start-fresh-dialog.tsx";
import { UndoDialog } from "./undo-dialog.tsx";
import { useLook, useNag } from "./use-nag.ts";
import { useMaySteer, useOverview, useRefreshAfterRun } from "./use-run.ts";

type Known = { initial: Overview | undefined; nag: NagState | undefined };

/**
 * Banner, bar and dialogs, alive. Owner and admin get all of it; everybody else gets the bar while a run is under way. `initial` and `nag` are what
 * the server knew when it rendered the page: with it nothing moves later. `build` is the one that made the page.
 */
export function LiveNotices({ initial, nag, build }: Known & { build: string }) {
  const maySteer = useMaySteer();
  // A soft navigation may bring a newer one, but the scripts of this page stay those of its first.
  const [ownBuild] = useState(build);
  useEffect(() => {
    pageBuild(ownBuild);
  }, [ownBuild]);
  useRefreshAfterRun();
  const sessionsEnded = useSessionsEnded();
  useEffect(() => {
    // The server leads to the sign-in page, and back to here. Where a form holds text that is not saved, the browser asks first.
    if (sessionsEnded) window.location.reload();
  }, [sessionsEnded]);
  return (
    <>
      {maySteer ? <ForThoseWhoSteer initial={initial} nag={nag} /> : null}
      <RunBar maySteer={maySteer} />
    </>
  );
}

function ForThoseWhoSteer({ initial, nag: initialNag }: Known) {
  const { data } = useOverview(initial);
  const nag = useNag(initialNag);
  useLook();
  const dialog = useDialog();
  return (
    <>
      <AvailableBanner overview={data} nag={nag} />
      <OverdueDialog nag={nag} />
      {dialog?.kind === "confirm" ? <ConfirmDialog key={dialog.version} version={dialog.version} /> : null}
      {dialog?.kind === "start-fresh" ? (
        <StartFreshDialog key={dialog.version} version={dialog.version} onClose={closeDialog} />
      ) : null}
      {dialog?.kind === "undo" ? <UndoDialog key={dialog.run} {...dialog} /> : null}
      {dialog?.kind === "run" ? <RunDialog key={dialog.run} run={dialog.run} joined={dialog.joined} /> : null}
    </>
  );
}
