"use client";

import type { ExportList } from "../../../../server/exports/contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { KeptFocus } from "../../../_ui/kept-focus.tsx";
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
      <Card title="Exports">
        {query.isPending ? <ListSkeleton label="Loading exports" rows={3} /> : null}
        {query.isLoadingError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
        {query.data === undefined ? null : <List exports={all.filter(({ state }) => state === "complete")} />}
      </Card>
    </div>
  );
}
