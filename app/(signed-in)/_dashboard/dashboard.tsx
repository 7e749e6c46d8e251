"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { Boxes, CalendarCheck, ClipboardList } from "lucide-react";
import Link from "next/link";
import type { OrderStatus } from "../../../server/orders/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { LoadProblem } from "../../_client/list-view.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { LinkButton, TextLink } from "../../_ui/button.tsx";
import { Card } from "../../_ui/card.tsx";
import { EmptyState } from "../../_ui/empty-state.tsx";
import { ListSkeleton, Skeleton } from "../../_ui/skeleton.tsx";
import { SampleOffer } from "../settings/data/add-samples.tsx";
import { OrdersTable } from "../orders/orders-table.tsx";
import { LowStock } from "./low-stock.tsx";
import { dueFirst, openStatuses } from "./open-orders.ts";

const SHOWN = 6;

/** What a farm wants to know first: what is open, what is due, what came in, what runs out. */
export function Dashboard() {
  const trpc = useTRPC();
  const statuses = useQuery(trpc.orders.statuses.queryOptions());
  const newest = useQuery(trpc.orders.list.queryOptions({ pageSize: SHOWN }));
  if (newest.data?.total === 0) return <FirstSteps />;
  return (
    <div className="space-y-5">
      {statuses.isError ? <LoadProblem error={statuses.error} onAgain={() => void statuses.refetch()} /> : null}
      {statuses.isPending ? <OpenOrdersSkeleton /> : null}
      {statuses.data === undefined ? null : <OpenOrders statuses={openStatuses(statuses.data)} />}
      <Card title="Came in last" action={<TextLink href="/orders">All orders</TextLink>}>
        {newest.isPending ? <ListSkeleton label="Loading orders" rows={SHOWN} /> : null}
        {newest.isError ? <LoadProblem error={newest.error} onAgain={() => void newest.refetch()} /> : null}
        {newest.data === undefined ? null : (
          <OrdersTable
            label="Came in last"
            rows={newest.data.rows}
            columns={["number", "customer", "status", "placedAt", "dueAt", "total"]}
          />
        )}
      </Card>
      <LowStock />
    </div>
  );
}

/** One question per open status answers both: how many there are, and which are due first. They travel in one request. */
function OpenOrders({ statuses }: { statuses: OrderStatus[] }) {
  const trpc = useTRPC();
  const lists = useQueries({
    queries: statuses.map(({ code }) =>
      trpc.orders.list.queryOptions({ status: code, sort: "dueAt", direction: "asc", pageSize: SHOWN }),
    ),
  });
  const failed = lists.find((list) => list.isError);
  const due = dueFirst(
    lists.map((list) => list.data?.rows ?? []),
    SHOWN,
  );
  return (
    <>
      <section aria-label="Open orders">
        <h2 className="mb-3">Open orders</h2>
        <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
          {statuses.map((status, index) => (
            <li key={status.code}>
              <StatusCount status={status} count={lists[index]?.data?.total} />
            </li>
          ))}
        </ul>
      </section>
      {failed === undefined ? null : <LoadProblem error={failed.error} onAgain={() => void failed.refetch()} />}
      <Card title="Due first">
        {lists.some((list) => list.isPending) ? (
          <ListSkeleton label="Loading orders" rows={SHOWN} />
        ) : due.length === 0 ? (
          <p className="flex items-center gap-2 text-muted">
            <CalendarCheck aria-hidden="true" className="size-5 shrink-0" />
            No open order has a date.
          </p>
        ) : (
          <OrdersTable label="Due first" rows={due} columns={["number", "customer", "status", "dueAt", "total"]} />
        )}
      </Card>
    </>
  );
}

function StatusCount({ status, count }: { status: OrderStatus; count: number | undefined }) {
  return (
    <Link
      href={`/orders?status=${encodeURIComponent(status.code)}`}
      className="block rounded-box border border-line bg-surface p-4 hover:border-accent"
    >
      <span className="block text-3xl font-semibold">
        {count === undefined ? <Skeleton className="my-1.5 h-7 w-12" /> : count.toLocaleString("en-GB")}
      </span>
      <span className="text-muted">{status.label}</span>
    </Link>
  );
}

function OpenOrdersSkeleton() {
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
      {[1, 2, 3, 4].map((place) => (
        <div key={place} className="rounded-box border border-line bg-surface p-4">
          <Skeleton className="mb-3 h-7 w-12" />
          <Skeleton className="w-24" />
        </div>
      ))}
    </div>
  );
}

function FirstSteps() {
  const canEdit = useCanEdit();
  if (!canEdit) {
    return (
      <EmptyState icon={ClipboardList} title="Nothing here yet">
        As soon as somebody places an order, you see here what is open and what is due.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-5 md:grid-cols-2">
      <EmptyState icon={Boxes} title="First, what you sell" action={<LinkButton href="/items/new">Add an item</LinkButton>}>
        With items, an order knows its prices and you see what runs low. You can also do it later.
      </EmptyState>
      <EmptyState
        icon={ClipboardList}
        title="Then, the first order"
        action={<LinkButton href="/customers/new">Add a customer</LinkButton>}
      >
        An order is for a customer. Afterwards you see here what is open and what is due.
      </EmptyState>
      <div className="md:col-span-2">
        <SampleOffer title="Or look around first" />
      </div>
    </div>
  );
}
