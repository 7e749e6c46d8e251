"use client";

import type { NagState } from "../../../../server/nag/contract.ts";
import { Button } from "../../../_ui/button.tsx";
import { Time } from "../../../_ui/time.tsx";
import { useNag, usePutAway } from "../../../_update/use-nag.ts";

/** The ways to hear no more of it for a while, or of this version at all; afterwards what was wished. */
export function PutAway() {
  const nag = useNag();
  const putAway = usePutAway();
  const newest = nag?.notice.newest ?? null;
  if (nag === undefined || newest === null || nag.notice.level === "none") return null;
  if (nag.notice.hidden !== null) return <Hidden hidden={nag.notice.hidden} newest={newest} />;
  return (
    <>
      <Button
        variant="quiet"
        onClick={() => {
          putAway(newest, "later");
        }}
      >
        Later
      </Button>
      {nag.notice.maySkip ? (
        <Button
          variant="quiet"
          onClick={() => {
            putAway(newest, "skipped");
          }}
        >
          Skip this version
        </Button>
      ) : null}
    </>
  );
}

function Hidden({ hidden, newest }: { hidden: NonNullable<NagState["notice"]["hidden"]>; newest: string }) {
  return (
    <p role="status" className="self-center text-muted">
      {hidden.by === "skipped" ? (
        `You skip ${newest}. You are told again when there is another version.`
      ) : hidden.until === null ? (
        "You are reminded later."
      ) : (
        <>
          You are reminded <Time at={hidden.until} />.
        </>
      )}
    </p>
  );
}
