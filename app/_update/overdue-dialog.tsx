"use client";

import { useState, useSyncExternalStore } from "react";
import type { NagState } from "../../server/nag/contract.ts";
import { hasJustSignedIn } from "../_client/just-signed-in.ts";
import { Button, LinkButton } from "../_ui/button.tsx";
import { Dialog, DialogActions } from "../_ui/dialog.tsx";
import { openDialog, useDialog } from "./desk.ts";
import { NagText } from "./nag-text.tsx";
import type { NagView } from "./nag-view.ts";
import { nagView } from "./nag-view.ts";
import { isOpen } from "./public-status.ts";
import { usePutAway } from "./use-nag.ts";
import { usePublicStatus } from "./use-public-status.ts";

/** After signing in, once, when FilaOps is critically behind: a dialog that can be left by any way out. Not while another one is open, or a run. */
export function OverdueDialog({ nag }: { nag: NagState | undefined }) {
  const signedIn = useSyncExternalStore(neverChanges, hasJustSignedIn, () => false);
  const [left, setLeft] = useState(false);
  const { status } = usePublicStatus();
  const other = useDialog();
  const view = nag !== undefined && isDue(nag) ? nagView(nag, null) : null;
  if (view === null || !signedIn || left || other !== null || isOpen(status)) return null;
  return (
    <Overdue
      view={view}
      offered={nag?.offered ?? null}
      newest={nag?.notice.newest ?? null}
      onLeave={() => {
        setLeft(true);
      }}
    />
  );
}

function isDue({ notice }: NagState): boolean {
  return notice.level === "critical" && notice.hidden === null;
}

type Words = { view: NagView; offered: string | null; newest: string | null; onLeave: () => void };

function Overdue({ view, offered, newest, onLeave }: Words) {
  const putAway = usePutAway();
  const look = view.act === "look";
  return (
    <Dialog title={view.title} open onOpenChange={onLeave}>
      <div className="space-y-2">
        <NagText view={view} />
      </div>
      <DialogActions>
        {look || offered === null ? null : (
          <Button
            variant="primary"
            onClick={() => {
              onLeave();
              openDialog({ kind: "confirm", version: offered });
            }}
          >
            Update now
          </Button>
        )}
        <LinkButton href="/settings/updates" onClick={onLeave} variant={look ? "primary" : "secondary"}>
          {look ? "See what to do" : "What’s new"}
        </LinkButton>
        <Button
          onClick={() => {
            onLeave();
            if (newest !== null) putAway(newest, "later");
          }}
        >
          Later
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function neverChanges(): () => void {
  return () => undefined;
}
