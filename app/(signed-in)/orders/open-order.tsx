"use client";

import { useQuery } from "@tanstack/react-query";
import type { Order } from "../../../server/orders/contract.ts";
import { LoadProblem } from "../../_client/list-view.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton } from "../../_ui/skeleton.tsx";
import { useNow } from "../../_ui/time.tsx";
import { OrderForm } from "./order-form.tsx";
import { newOrderValues, valuesOf } from "./order-values.ts";
import type { OrderValues } from "./order-values.ts";

/** The form for a new order; `customerId` is who it is for, if that is known already. */
export function NewOrder({ customerId }: { customerId: string | null }) {
  const trpc = useTRPC();
  const customer = useQuery(trpc.customers.get.queryOptions({ id: customerId ?? "" }, { enabled: customerId !== null }));
  return (
    <>
      <PageHead title="New order" back={{ href: "/orders", text: "Orders" }} />
      {customerId !== null && customer.isPending ? (
        <DetailSkeleton label="Loading the form" />
      ) : (
        <FormWithStatuses order={null} customer={customer.data ?? null} />
      )}
    </>
  );
}

/** Loads an order into the form. */
export function EditOrder({ id }: { id: string }) {
  const query = useQuery(useTRPC().orders.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the order" />;
  const name = query.data === undefined ? "order" : `order ${query.data.number}`;
  return (
    <>
      <PageHead title={`Edit ${name}`} back={{ href: `/orders/${id}`, text: `Back to ${name}` }} />
      {query.data === undefined ? (
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      ) : (
        <FormWithStatuses order={query.data} customer={null} />
      )}
    </>
  );
}

function FormWithStatuses({ order, customer }: { order: Order | null; customer: OrderValues["customer"] }) {
  const now = useNow();
  const query = useQuery(useTRPC().orders.statuses.queryOptions());
  if (query.isPending || now === null) return <DetailSkeleton label="Loading the form" />;
  if (query.data === undefined) return <LoadProblem error={query.error} onAgain={() => void query.refetch()} />;
  const begin = new Date(now);
  const first = query.data[0]?.code ?? "";
  const forWhom = customer === null ? null : { id: customer.id, name: customer.name };
  const initial = order === null ? newOrderValues({ now: begin, status: first, customer: forWhom }) : valuesOf(order);
  return <OrderForm order={order} initial={initial} now={begin} statuses={query.data} />;
}
