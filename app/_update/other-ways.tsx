"use client";

import type { Overview } from "../../server/updater/contract.ts";
import { useFarm } from "../_client/farm.tsx";
import { Button, LinkButton } from "../_ui/button.tsx";
import { closeDialog, openDialog } from "./desk.ts";
import { useOverview } from "./use-run.ts";
import { WAYS } from "./ways.ts";

/**
 * What else can be done where an update breaks something. The one that puts the data aside is never the first and never the one that stands out. `stay`: there is
 * no update to this version, so that leaving it is what people come for.
 */
export function OtherWays({ version, stay }: { version: string; stay: boolean }) {
  const { me } = useFarm();
  const overview = useOverview().data;
  const ordinary = ordinaryOf(overview, version);
  const { exportPage } = WAYS;
  const startFresh = me.role === "owner" ? WAYS.startFresh : null;
  return (
    <>
      {ordinary === null ? null : (
        <Button
          variant={stay ? "primary" : "secondary"}
          onClick={() => {
            openDialog({ kind: "confirm", version: ordinary });
          }}
        >
          Update to {ordinary} instead
        </Button>
      )}
      {exportPage === null ? null : (
        <LinkButton href={exportPage} onClick={closeDialog}>
          Export data
        </LinkButton>
      )}
      {startFresh === null ? null : (
        <Button
          variant="danger"
          onClick={() => {
            startFresh(version);
          }}
        >
          Start fresh with {version}
        </Button>
      )}
      <Button variant={stay && ordinary === null ? "primary" : "secondary"} onClick={closeDialog}>
        {stay ? `Stay on ${overview?.installed.version ?? "your version"}` : "Cancel"}
      </Button>
    </>
  );
}

/** The newest update from here that breaks nothing. */
function ordinaryOf(overview: Overview | undefined, version: string): string | null {
  const releases = overview?.releases;
  return releases?.kind === "available" && releases.ordinary !== version ? releases.ordinary : null;
}
