"use client";

import { useQuery } from "@tanstack/react-query";
import { PackageCheck } from "lucide-react";
import type { Item } from "../../../server/items/contract.ts";
import { LoadProblem } from "../../_client/list-view.tsx";
import { amountWords } from "../../_client/numbers.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { TextLink } from "../../_ui/button.tsx";
import { Card } from "../../_ui/card.tsx";
import { ListSkeleton } from "../../_ui/skeleton.tsx";
import { Table } from "../../_ui/table.tsx";
import type { Column } from "../../_ui/table.tsx";
import { Stock } from "../items/stock.tsx";

const SHOWN = 6;

const COLUMNS: Column<Item>[] = [
  { key: "name", title: "Item", heading: true, cell: (item) => <TextLink href={`/items/${item.id}`}>{item.name}</TextLink> },
  { key: "sku", title: "SKU", cell: (item) => <span className="break-all">{item.sku}</span> },
  { key: "onHand", title: "In stock", align: "end", cell: (item) => <Stock item={item} /> },
  { key: "reorderPoint", title: "Low at", align: "end", cell: (item) => amountWords(item.reorderPoint, item.unit) },
];

/** The items that are at their reorder point or below. */
export function LowStock() {
  const query = useQuery(useTRPC().items.list.queryOptions({ show: "low", sort: "onHand", pageSize: SHOWN }));
  const total = query.data?.total ?? 0;
  return (
    <Card title="Low stock" action={total > SHOWN ? <TextLink href="/items?show=low">All {total} low items</TextLink> : null}>
      {query.isPending ? <ListSkeleton label="Loading items" rows={3} /> : null}
      {query.isError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {query.data === undefined ? null : total === 0 ? (
        <p className="flex items-center gap-2 text-muted">
          <PackageCheck aria-hidden="true" className="size-5 shrink-0" />
          Nothing is running low.
        </p>
      ) : (
        <Table label="Low stock" columns={COLUMNS} rows={query.data.rows} rowKey={(item) => item.id} />
      )}
    </Card>
  );
}
