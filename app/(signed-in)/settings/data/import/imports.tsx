"use client";

import type { Import } from "../../../../../server/imports/contract.ts";
import type { OrderStatus } from "../../../../../server/orders/contract.ts";
import { LoadProblem } from "../../../../_client/list-view.tsx";
import { ListSkeleton } from "../../../../_ui/skeleton.tsx";
import { ChooseFile } from "./choose-file.tsx";
import { EarlierImports } from "./earlier-imports.tsx";
import { ImportCard } from "./import-card.tsx";
import { isBusy } from "./import-view.ts";
import { useImports } from "./use-imports.ts";

/** Settings → Data → Import, alive: the newest import with what can be done next, then the earlier ones. */
export function Imports({ initial, statuses }: { initial: Import[] | undefined; statuses: OrderStatus[] }) {
  const query = useImports(initial);
  const [newest, ...earlier] = query.data ?? [];
  return (
    <div className="space-y-5">
      <ChooseFile
        busy={newest !== undefined && isBusy(newest.phase)}
        isNext={newest === undefined || newest.phase.kind === "done"}
      />
      {query.isPending ? <ListSkeleton label="Loading imports" /> : null}
      {query.isLoadingError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {newest === undefined ? null : <ImportCard key={newest.id} found={newest} statuses={statuses} />}
      {earlier.length === 0 ? null : <EarlierImports imports={earlier} />}
    </div>
  );
}
