"use client";

import { useQuery } from "@tanstack/react-query";
import type { Order, OrderLine } from "../../../server/orders/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { LoadProblem } from "../../_client/list-view.tsx";
import { Money, quantityWords } from "../../_client/numbers.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { LinkButton, TextLink } from "../../_ui/button.tsx";
import { Card, Facts } from "../../_ui/card.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton } from "../../_ui/skeleton.tsx";
import { Table } from "../../_ui/table.tsx";
import type { Column } from "../../_ui/table.tsx";
import { Time } from "../../_ui/time.tsx";
import { Attachments } from "./attachments.tsx";
import { DueDay } from "./due-day.tsx";
import { StatusBadge } from "./status-badge.tsx";

const BACK = { href: "/orders", text: "Orders" };

/** One order with its lines. */
export function OrderDetail({ id }: { id: string }) {
  const canEdit = useCanEdit();
  const query = useQuery(useTRPC().orders.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the order" />;
  if (query.data === undefined) {
    return (
      <>
        <PageHead title="Order" back={BACK} />
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      </>
    );
  }
  const order = query.data;
  return (
    <>
      <PageHead
        title={`Order ${order.number}`}
        back={BACK}
        badge={<StatusBadge status={order.status} />}
        {...(canEdit
          ? {
              actions: (
                <LinkButton variant="primary" href={`/orders/${id}/edit`}>
                  Edit order
                </LinkButton>
              ),
            }
          : {})}
      />
      <div className="space-y-5">
        <Card title="Order">
          <Facts facts={factsOf(order)} />
        </Card>
        <Card title="Lines">
          <Table label="Lines" columns={LINE_COLUMNS} rows={order.lines} rowKey={(line) => line.id} />
          <p className="mt-3 flex justify-between gap-4 border-t border-line pt-3 text-lg font-semibold sm:justify-end">
            <span>Total</span> <Money amount={order.total} />
          </p>
        </Card>
        <Attachments order={order} />
      </div>
    </>
  );
}

const LINE_COLUMNS: Column<OrderLine>[] = [
  {
    key: "description",
    title: "What",
    heading: true,
    cell: (line) => (
      <>
        {line.description}
        {line.item === null ? null : (
          <span className="block text-sm font-normal">
            <TextLink href={`/items/${line.item.id}`}>{line.item.sku}</TextLink>
          </span>
        )}
      </>
    ),
  },
  { key: "quantity", title: "Quantity", align: "end", cell: (line) => quantityWords(line.quantity) },
  { key: "unitPrice", title: "Price", align: "end", cell: (line) => <Money amount={line.unitPrice} /> },
  { key: "lineTotal", title: "Total", align: "end", cell: (line) => <Money amount={line.lineTotal} /> },
];

function factsOf(order: Order) {
  return [
    { name: "Customer", value: <TextLink href={`/customers/${order.customer.id}`}>{order.customer.name}</TextLink> },
    { name: "Placed", value: <Time at={order.placedAt} /> },
    { name: "Due", value: <DueDay order={order} /> },
    { name: "Notes", value: order.notes === "" ? <span className="text-muted">none</span> : order.notes },
    { name: "Last changed", value: <Time at={order.updatedAt} /> },
  ];
}
