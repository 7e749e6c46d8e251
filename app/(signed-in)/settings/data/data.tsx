"use client";

import type { ExportList } from "../../../../server/exports/contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { KeptFocus } from "../../../_ui/kept-focus.tsx";
import { LinkButton } from "../../../_ui/button.tsx";
import { Card } from "../../../_ui/card.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { SampleOffer } from "./add-samples.tsx";
import { BrokenExport } from "./broken-export.tsx";
import { ExportForm } from "./export-form.tsx";
import { ExportList as List } from "./export-list.tsx";
import { ExportProgress } from "./export-progress.tsx";
import { spoken } from "./export-view.ts";
import { useExports } from "./use-exports.ts";

/** Settings → Data, alive: it follows the export that is being made. `initial` is what the server knew. */
export function Data({ initial }: { initial: ExportList | undefined }) {
  const query = useExports(initial);
  const all = query.data?.exports ?? [];
  const running = all.find(({ state }) => state === "running");
  const broken = all.find(({ state }) => state === "failed" || state === "interrupted");
  return (
    <div className="space-y-5">
      <SampleOffer title="Nothing to export yet" />
      {broken === undefined ? null : <BrokenExport broken={broken} />}
      <KeptFocus on={running === undefined ? "form" : "progress"}>
        {running === undefined ? <ExportForm /> : <ExportProgress running={running} />}
      </KeptFocus>
      <p role="status" className="sr-only">
        {spoken(all[0])}
      </p>
      <Card title="Bring data in">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <p className="max-w-prose">
            An export of FilaOps, or a table of another program. Before anything is written, you see what would be new and what
            would change.
          </p>
          <LinkButton href="/settings/data/import">Import…</LinkButton>
        </div>
      </Card>
      <Card title="Exports">
        {query.isPending ? <ListSkeleton label="Loading exports" rows={3} /> : null}
        {query.isLoadingError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
        {query.data === undefined ? null : <List exports={all.filter(({ state }) => state === "complete")} />}
      </Card>
    </div>
  );
}
