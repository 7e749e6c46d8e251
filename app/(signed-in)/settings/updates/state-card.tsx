"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Release, ReleaseStatus } from "../../../../server/releases/contract.ts";
import type { Overview } from "../../../../server/updater/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { useTRPC } from "../../../_client/trpc.tsx";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { Time } from "../../../_ui/time.tsx";
import { openDialog } from "../../../_update/desk.ts";
import { useNag } from "../../../_update/use-nag.ts";
import { stateTitle } from "../../../_update/plan-view.ts";
import { MissedNotes } from "../../../_update/missed-notes.tsx";
import { pathWords } from "../../../_update/path-view.ts";
import { bytes } from "../../../_update/words.ts";
import { PutAway } from "./put-away.tsx";
import { RefusedReleases } from "./refused-releases.tsx";

/** What runs, what is available, and when we looked. `startable`: no run is under way and none waits for a person. */
export function StateCard({ overview, startable }: { overview: Overview; startable: boolean }) {
  const { installed, releases, failedVersions } = overview;
  return (
    <Card title={stateTitle(installed.version, releases)} action={<CheckNow />}>
      <div className="space-y-4">
        <LastCheck releases={releases} />
        <Impossible />
        {releases.kind === "available" ? (
          <Available
            release={releases.release}
            path={releases.path}
            missed={releases.missed}
            failedBefore={[...releases.path, releases.release.version].some((version) => failedVersions.includes(version))}
            startable={startable}
          />
        ) : null}
        <RefusedReleases refused={releases.refused ?? []} />
      </div>
    </Card>
  );
}

/** Why nothing of what was missed can be installed, and what to do instead. What a failed check says stands above already. */
function Impossible() {
  const nag = useNag();
  const problem = nag?.impossible ?? null;
  if (problem === null || problem.code.startsWith("feed-")) return null;
  return (
    <AlertBanner tone="warn" title={problem.happened}>
      <p>{problem.meaning}</p>
      <p>{problem.todo}</p>
    </AlertBanner>
  );
}

function LastCheck({ releases }: { releases: ReleaseStatus }) {
  if (releases.kind === "unknown") {
    return (
      <AlertBanner tone="warn" title="We could not check for updates">
        <p>
          {releases.since === null ? (
            "It has not worked yet on this computer."
          ) : (
            <>
              It worked last <Time at={releases.since} />.
            </>
          )}{" "}
          {releases.problem.happened}
        </p>
        <p>{releases.problem.todo}</p>
      </AlertBanner>
    );
  }
  const { stale } = releases;
  return (
    <>
      <p className="text-muted">
        Checked <Time at={releases.checkedAt} />.
      </p>
      {stale === null ? null : (
        <AlertBanner tone="warn" title="We could not check again">
          <p>
            Since <Time at={stale.since} />: {stale.problem.happened} What you see is what we knew before.
          </p>
        </AlertBanner>
      )}
    </>
  );
}

type Offer = {
  release: Release;
  path: readonly string[];
  missed: readonly Release[];
  failedBefore: boolean;
  startable: boolean;
};

function Available({ release, path, missed, failedBefore, startable }: Offer) {
  const { version, manifest, publishedAt, bundle } = release;
  return (
    <div className="space-y-4">
      {failedBefore ? (
        <AlertBanner tone="warn" title={`${version} did not work out here before`}>
          <p>
            FilaOps does not try it again by itself. You can: if it fails again, FilaOps goes back by itself as it did before.
          </p>
        </AlertBanner>
      ) : null}
      <p className="text-muted">
        Published <Time at={publishedAt} /> ·{" "}
        {bundle ? "here already, from a bundle" : `${bytes(manifest.archive.bytes)} to download`}
      </p>
      {path.length > 1 ? <p>From your version the way is: {pathWords(path)}.</p> : null}
      <MissedNotes missed={missed} />
      <div className="flex flex-wrap gap-2">
        {!startable ? null : (
          <Button
            variant="primary"
            onClick={() => {
              openDialog({ kind: "confirm", version });
            }}
          >
            {failedBefore ? `Try ${version} again` : "Update now"}
          </Button>
        )}
        <PutAway />
      </div>
    </div>
  );
}

/** Asks for new releases at once, instead of at the next turn. */
function CheckNow() {
  const trpc = useTRPC();
  const client = useQueryClient();
  const check = useMutation(
    trpc.updates.check.mutationOptions({
      onSuccess: (releases) => {
        client.setQueryData(trpc.updates.overview.queryKey(), (old) => (old === undefined ? old : { ...old, releases }));
      },
    }),
  );
  return (
    <div className="flex flex-col items-end gap-2">
      <Button
        size="small"
        busy={check.isPending}
        onClick={() => {
          check.mutate();
        }}
      >
        {check.isPending ? "Checking…" : "Check now"}
      </Button>
      {check.error === null ? null : <ProblemBanner problem={problemOf(check.error)} />}
    </div>
  );
}
