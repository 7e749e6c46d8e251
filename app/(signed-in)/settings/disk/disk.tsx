"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { DiskUse } from "../../../../server/updates/disk-contract.ts";
import { LoadProblem } from "../../../_client/list-view.tsx";
import { useTRPC } from "../../../_client/trpc.tsx";
import { Card, Facts } from "../../../_ui/card.tsx";
import { ListSkeleton } from "../../../_ui/skeleton.tsx";
import { Table } from "../../../_ui/table.tsx";
import type { Column } from "../../../_ui/table.tsx";
import { Time } from "../../../_ui/time.tsx";
import { bytes } from "../../../_update/words.ts";
import { diskRows, takenBytes } from "./disk-view.ts";
import type { DiskRow } from "./disk-view.ts";

/** Settings → Disk. */
export function Disk() {
  const query = useQuery(useTRPC().system.disk.queryOptions());
  return (
    <div className="space-y-5">
      {query.isPending ? <ListSkeleton label="Measuring" /> : null}
      {query.isLoadingError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {query.data === undefined ? null : <Known use={query.data} />}
    </div>
  );
}

const COLUMNS: Column<DiskRow>[] = [
  { key: "what", title: "What", heading: true, cell: (row) => <What row={row} /> },
  { key: "bytes", title: "Size", align: "end", cell: (row) => <span className="whitespace-nowrap">{bytes(row.bytes)}</span> },
  { key: "fate", title: "What becomes of it", cell: (row) => <Fate row={row} /> },
];

function Known({ use }: { use: DiskUse }) {
  const free = [{ name: "Free", value: bytes(use.freeBytes) }];
  if (use.databaseFreeBytes !== null) free.push({ name: "Free for the database", value: bytes(use.databaseFreeBytes) });
  return (
    <Card title={`FilaOps takes ${bytes(takenBytes(use))}`}>
      <div className="space-y-5">
        <Facts facts={[...free, { name: "Measured", value: <Time at={use.measuredAt} /> }]} />
        <Table label="What takes space" columns={COLUMNS} rows={diskRows(use)} rowKey={({ key }) => key} />
      </div>
    </Card>
  );
}

function What({ row }: { row: DiskRow }) {
  return (
    <>
      {row.what}
      {row.detail === null ? null : <span className="block max-w-sm text-sm font-normal text-muted">{row.detail}</span>}
    </>
  );
}

function Fate({ row: { fate } }: { row: DiskRow }) {
  return (
    <span className="sm:block sm:max-w-sm sm:text-left">
      {fate.text}
      {fate.at === undefined ? null : (
        <>
          {" "}
          <Time at={fate.at} />.
        </>
      )}
      {fate.page === undefined ? null : (
        <>
          {" "}
          <Link className="text-accent underline underline-offset-2 hover:text-accent-strong" href={fate.page.href}>
            {fate.page.text}
          </Link>
        </>
      )}
    </span>
  );
}
