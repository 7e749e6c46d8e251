"use client";

import type { NagState } from "../../../../server/nag/contract.ts";
import type { Bundles } from "../../../../server/releases/bundle-contract.ts";
import type { Overview } from "../../../../server/updater/contract.ts";
import { problemOf } from "../../../_client/problem.ts";
import { AlertBanner } from "../../../_ui/alert-banner.tsx";
import { Button } from "../../../_ui/button.tsx";
import { ProblemBanner } from "../../../_ui/problem-banner.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { LastChange } from "../../../_update/last-change.tsx";
import type { RunState } from "../../../_update/run-view.ts";
import { useNag } from "../../../_update/use-nag.ts";
import { useOverview, useRun } from "../../../_update/use-run.ts";
import { AutomaticCard } from "./automatic-card.tsx";
import { BundlesCard } from "./bundles-card.tsx";
import { ChecksCard } from "./checks-card.tsx";
import { History } from "./history.tsx";
import { NoticeCard } from "./notice-card.tsx";
import { StateCard } from "./state-card.tsx";
import { useBundles } from "./use-bundles.ts";

type Initial = { initial: Overview | undefined; nag: NagState | undefined; bundles: Bundles | undefined };

/** Settings → Updates, alive: it follows a run through the restart of the app. `initial`, `nag` and `bundles` are what the server knew. */
export function Updates({ initial, nag, bundles }: Initial) {
  const overview = useOverview(initial);
  useNag(nag);
  useBundles(bundles);
  const run = useRun();
  const running = run !== null && run.status.outcome === null;
  return (
    <div className="space-y-5">
      <LastChange run={run} history={overview.data?.history ?? []} />
      {overview.data === undefined ? null : <Known overview={overview.data} run={run} />}
      {overview.isPending ? <ListSkeleton label="Loading what is known of updates" /> : null}
      {overview.isLoadingError && !running ? (
        <ProblemBanner
          problem={problemOf(overview.error)}
          actions={
            <Button
              busy={overview.isFetching}
              onClick={() => {
                void overview.refetch();
              }}
            >
              Try again
            </Button>
          }
        />
      ) : null}
    </div>
  );
}

function Known({ overview, run }: { overview: Overview; run: RunState | null }) {
  const behind = overview.service?.problem ?? null;
  const running = (run !== null && run.status.outcome === null) || overview.chain?.state === "next";
  return (
    <>
      {behind === null ? null : (
        <AlertBanner tone="warn" title="Everybody can work, but the update service stayed behind">
          <p>
            {behind.happened} {behind.todo}
          </p>
        </AlertBanner>
      )}
      <StateCard overview={overview} startable={!running && run?.status.outcome !== "needs_attention"} />
      {overview.checks === undefined ? null : <ChecksCard checks={overview.checks} />}
      {overview.automatic === undefined ? null : (
        <AutomaticCard automatic={overview.automatic} looks={overview.checks?.automatic !== false} />
      )}
      <BundlesCard busy={running} />
      <NoticeCard />
      <History items={overview.history} running={running} />
    </>
  );
}
