"use client";

import type { HistoryItem, Outcome, Status } from "../../server/updates/contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { useNotify } from "../_ui/notify.tsx";
import { Time, useNow } from "../_ui/time.tsx";
import { reloadForNewBuild, useNewBuild } from "./build.ts";
import { wordsOf } from "./change-words.ts";
import { copyText } from "./copy-text.ts";
import { closeDialog, openDialog } from "./desk.ts";
import { PathNotice, StayHere } from "./path-notice.tsx";
import { againOf } from "./path-view.ts";
import { useOverview } from "./use-run.ts";
import { outcomeView, supportReport } from "./outcome-view.ts";
import type { RunState } from "./run-view.ts";
import { UndoButton } from "./undo-offer.tsx";

/** How a run ended, what it means for the data, and what can be done next. `item` is its line of the history, if it is known yet. */
export function OutcomeCard({ state, outcome, item }: { state: RunState; outcome: Outcome; item: HistoryItem | null }) {
  const view = outcomeView(state, outcome, useNow() === null ? "UTC" : undefined);
  const undoableUntil = outcome === "complete" ? (item?.undoableUntil ?? null) : null;
  return (
    <AlertBanner
      tone={view.tone}
      title={view.title}
      role={outcome === "complete" || outcome === "cancelled" ? "status" : "alert"}
      actions={<Actions state={state} outcome={outcome} item={item} />}
    >
      {view.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {view.reason === null ? null : <p className="wrap-anywhere">Reason: {view.reason}</p>}
      {view.todo === null ? null : <p>{view.todo}</p>}
      {view.commands.map(({ what, command }) => (
        <p key={command}>
          {what} <code className="rounded-box bg-sunken px-1.5 py-0.5 font-mono">{command}</code>
        </p>
      ))}
      <PathNotice run={state.status} />
      {view.warnings.map((warning) => (
        <p key={warning}>Please note: {warning}</p>
      ))}
      {undoableUntil === null ? null : (
        <p className="text-muted">
          You can undo {wordsOf(state.status).name} until <Time at={undoableUntil} />.
        </p>
      )}
    </AlertBanner>
  );
}

function Actions({ state, outcome, item }: { state: RunState; outcome: Outcome; item: HistoryItem | null }) {
  const newBuild = useNewBuild();
  const { status, full } = state;
  const again = againOf(status, outcome, useOverview().data?.chain ?? null);
  const undoable = outcome === "complete" && item !== null && item.undoableUntil !== null;
  return (
    <>
      {newBuild ? (
        <Button variant="primary" size="small" onClick={reloadForNewBuild}>
          Reload to use {status.to}
        </Button>
      ) : null}
      {outcome === "complete" && status.kind === "update" ? (
        <LinkButton size="small" href="/settings/updates" onClick={closeDialog}>
          What’s new
        </LinkButton>
      ) : null}
      <StayHere run={status} />
      {again === null ? null : (
        <Button
          size="small"
          onClick={() => {
            openDialog({ kind: "confirm", version: again });
          }}
        >
          Try again
        </Button>
      )}
      <LinkButton size="small" href={`/settings/updates/${status.run}`} onClick={closeDialog}>
        Show details
      </LinkButton>
      {outcome === "complete" || full === null ? null : <CopyReport status={full} />}
      {undoable ? <UndoButton item={item} /> : null}
    </>
  );
}

/** Puts the report for support on the clipboard. */
export function CopyReport({ status }: { status: Status }) {
  const { notify } = useNotify();
  return (
    <Button
      size="small"
      onClick={() => {
        void copyText(supportReport(status)).then((copied) => {
          if (copied) notify("The report is copied.");
          else notify("Your browser did not let us copy. Open the details and copy them by hand.", "warn");
        });
      }}
    >
      Copy report for support
    </Button>
  );
}
