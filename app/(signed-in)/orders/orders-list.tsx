"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ClipboardList } from "lucide-react";
import { listOrdersInputSchema } from "../../../server/orders/contract.ts";
import type { OrderRow } from "../../../server/orders/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { sortBy, useListAddress } from "../../_client/list-address.ts";
import { ListView } from "../../_client/list-view.tsx";
import { SearchBox } from "../../_client/search-box.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { Button, LinkButton } from "../../_ui/button.tsx";
import { EmptyState } from "../../_ui/empty-state.tsx";
import { Field, Select } from "../../_ui/field.tsx";
import type { Column } from "../../_ui/table.tsx";
import { ORDER_COLUMNS } from "./order-columns.tsx";

/** All orders: searched, filtered, sorted and turned page by page through the address. */
export function OrdersList() {
  const trpc = useTRPC();
  const address = useListAddress(listOrdersInputSchema, ["search", "status", "customer"]);
  const query = useQuery(trpc.orders.list.queryOptions(address.input, { placeholderData: keepPreviousData }));
  const columns: Column<OrderRow>[] = [
    { ...ORDER_COLUMNS.number, sort: sortBy(address, "number") },
    { ...ORDER_COLUMNS.customer, sort: sortBy(address, "customer") },
    ORDER_COLUMNS.status,
    { ...ORDER_COLUMNS.placedAt, sort: sortBy(address, "placedAt") },
    { ...ORDER_COLUMNS.dueAt, sort: sortBy(address, "dueAt") },
    { ...ORDER_COLUMNS.total, sort: sortBy(address, "total") },
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <SearchBox
          label="Search orders"
          placeholder="Order number or customer"
          value={address.input.search}
          onSearch={(search) => {
            address.replace({ search });
          }}
        />
        <StatusFilter
          value={address.input.status}
          onChange={(status) => {
            address.replace({ status });
          }}
        />
        <CustomerFilter
          id={address.input.customer}
          onRemove={() => {
            address.replace({ customer: "" });
          }}
        />
      </div>
      <ListView query={query} noun="orders" columns={columns} address={address} empty={<NoOrders />} />
    </>
  );
}

function StatusFilter({ value, onChange }: { value: string; onChange: (status: string) => void }) {
  const statuses = useQuery(useTRPC().orders.statuses.queryOptions());
  return (
    <Field label="Status" hideLabel className="basis-44">
      <Select
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">All statuses</option>
        {(statuses.data ?? []).map((status) => (
          <option key={status.code} value={status.code}>
            {status.label}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function CustomerFilter({ id, onRemove }: { id: string; onRemove: () => void }) {
  const query = useQuery(useTRPC().customers.get.queryOptions({ id }, { enabled: id !== "" }));
  if (id === "") return null;
  return (
    <Button onClick={onRemove}>
      <span>Only {query.data?.name ?? "one customer"}</span>
      <span aria-hidden="true">×</span>
      <span className="sr-only">: show all customers</span>
    </Button>
  );
}

function NoOrders() {
  const action = useCanEdit() ? <LinkButton href="/orders/new">Place the first order</LinkButton> : undefined;
  return (
    <EmptyState icon={ClipboardList} title="No orders yet" {...(action === undefined ? {} : { action })}>
      An order says what a customer wants, how much of it, at which price and until when.
    </EmptyState>
  );
}
