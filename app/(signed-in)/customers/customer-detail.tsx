"use client";

import { useQuery } from "@tanstack/react-query";
import type { Customer } from "../../../server/customers/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { LoadProblem } from "../../_client/list-view.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { LinkButton, TextLink } from "../../_ui/button.tsx";
import { Card, Facts } from "../../_ui/card.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton, ListSkeleton } from "../../_ui/skeleton.tsx";
import { Time } from "../../_ui/time.tsx";
import { OrdersTable } from "../orders/orders-table.tsx";

const BACK = { href: "/customers", text: "Customers" };
const ORDERS_SHOWN = 10;

/** One customer with the newest of their orders. */
export function CustomerDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const canEdit = useCanEdit();
  const query = useQuery(trpc.customers.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the customer" />;
  if (query.data === undefined) {
    return (
      <>
        <PageHead title="Customer" back={BACK} />
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      </>
    );
  }
  const customer = query.data;
  const actions = canEdit ? (
    <>
      <LinkButton href={`/customers/${id}/edit`}>Edit</LinkButton>
      <LinkButton variant="primary" href={`/orders/new?customer=${id}`}>
        New order
      </LinkButton>
    </>
  ) : undefined;
  return (
    <>
      <PageHead title={customer.name} back={BACK} {...(actions === undefined ? {} : { actions })} />
      <div className="space-y-5">
        <Card title="Contact">
          <Facts facts={factsOf(customer)} />
        </Card>
        <CustomerOrders id={id} />
      </div>
    </>
  );
}

function factsOf(customer: Customer) {
  const none = <span className="text-muted">none</span>;
  const or = (text: string) => (text === "" ? none : text);
  return [
    { name: "Number", value: customer.number },
    {
      name: "E-mail",
      value:
        customer.email === "" ? (
          none
        ) : (
          <TextLink href={`mailto:${customer.email}`} className="break-all">
            {customer.email}
          </TextLink>
        ),
    },
    { name: "Phone", value: customer.phone === "" ? none : <TextLink href={`tel:${customer.phone}`}>{customer.phone}</TextLink> },
    { name: "Address", value: or(customer.address) },
    { name: "Notes", value: or(customer.notes) },
    { name: "Customer since", value: <Time at={customer.createdAt} /> },
  ];
}

function CustomerOrders({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.orders.list.queryOptions({ customer: id, pageSize: ORDERS_SHOWN }));
  const more = query.data !== undefined && query.data.total > ORDERS_SHOWN;
  return (
    <Card
      title="Orders"
      action={more ? <TextLink href={`/orders?customer=${id}`}>All {query.data.total} orders</TextLink> : null}
    >
      {query.isPending ? <ListSkeleton label="Loading orders" rows={3} /> : null}
      {query.isError ? <LoadProblem error={query.error} onAgain={() => void query.refetch()} /> : null}
      {query.data === undefined ? null : query.data.total === 0 ? (
        <p className="text-muted">No orders yet.</p>
      ) : (
        <OrdersTable
          label="Orders of this customer"
          rows={query.data.rows}
          columns={["number", "status", "placedAt", "dueAt", "total"]}
        />
      )}
    </Card>
  );
}
