"use client";

import type { HistoryItem, Outcome, PublicStatus, Status } from "../../server/updates/contract.ts";
import { AlertBanner } from "../_ui/alert-banner.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { useNotify } from "../_ui/notify.tsx";
import { Time, useNow } from "../_ui/time.tsx";
import { reloadForNewBuild, useNewBuild } from "./build.ts";
import { wordsOf } from "./change-words.ts";
import { copyText } from "./copy-text.ts";
import { closeDialog, openDialog } from "./desk.ts";
import { PathNotice, StayHere } from "./path-notice.tsx";
import { againOf, pathNotice, runsNow } from "./path-view.ts";
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

type Ended = { state: RunState; outcome: Outcome; item: HistoryItem | null };

function Actions(ended: Ended) {
  const { status } = ended.state;
  const chain = useOverview().data?.chain ?? null;
  if (pathNotice(chain, status)?.goesOn !== true) return <EndActions {...ended} again={againOf(status, ended.outcome, chain)} />;
  return (
    <>
      <StayHere run={status} />
      <Details run={status} />
    </>
  );
}

/** `again`: the version that *Try again* leads to. */
function EndActions({ state, outcome, item, again }: Ended & { again: string | null }) {
  const newBuild = useNewBuild();
  const { status, full } = state;
  const undoable = outcome === "complete" && item !== null && item.undoableUntil !== null;
  return (
    <>
      {newBuild ? (
        <Button variant="primary" size="small" onClick={reloadForNewBuild}>
          Reload to use {runsNow(status, outcome)}
        </Button>
      ) : null}
      {outcome === "complete" && status.kind === "update" ? (
        <LinkButton size="small" href="/settings/updates" onClick={closeDialog}>
          What’s new
        </LinkButton>
      ) : null}
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
      <Details run={status} />
      {outcome === "complete" || full === null ? null : <CopyReport status={full} />}
      {undoable ? <UndoButton item={item} /> : null}
    </>
  );
}

function Details({ run: { run } }: { run: PublicStatus }) {
  return (
    <LinkButton size="small" href={`/settings/updates/${run}`} onClick={closeDialog}>
      Show details
    </LinkButton>
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
