"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import { listCustomersInputSchema } from "../../../server/customers/contract.ts";
import type { Customer } from "../../../server/customers/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { sortBy, useListAddress } from "../../_client/list-address.ts";
import { ListView } from "../../_client/list-view.tsx";
import { SearchBox } from "../../_client/search-box.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { LinkButton, TextLink } from "../../_ui/button.tsx";
import { EmptyState } from "../../_ui/empty-state.tsx";
import type { Column } from "../../_ui/table.tsx";
import { Time } from "../../_ui/time.tsx";

/** All customers: searched, sorted and turned page by page through the address. */
export function CustomersList() {
  const trpc = useTRPC();
  const address = useListAddress(listCustomersInputSchema, ["search"]);
  const query = useQuery(trpc.customers.list.queryOptions(address.input, { placeholderData: keepPreviousData }));
  const columns: Column<Customer>[] = [
    {
      key: "name",
      title: "Name",
      heading: true,
      sort: sortBy(address, "name"),
      cell: (customer) => <TextLink href={`/customers/${customer.id}`}>{customer.name}</TextLink>,
    },
    { key: "number", title: "Number", sort: sortBy(address, "number"), cell: (customer) => customer.number },
    { key: "email", title: "E-mail", cell: (customer) => <span className="break-all">{customer.email}</span> },
    { key: "phone", title: "Phone", cell: (customer) => customer.phone },
    {
      key: "createdAt",
      title: "Since",
      sort: sortBy(address, "createdAt"),
      cell: (customer) => <Time at={customer.createdAt} />,
    },
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchBox
          label="Search customers"
          placeholder="Name, number, e-mail or phone"
          value={address.input.search}
          onSearch={(search) => {
            address.replace({ search });
          }}
        />
      </div>
      <ListView query={query} noun="customers" columns={columns} address={address} empty={<NoCustomers />} />
    </>
  );
}

function NoCustomers() {
  const action = useCanEdit() ? <LinkButton href="/customers/new">Add the first customer</LinkButton> : undefined;
  return (
    <EmptyState icon={Users} title="No customers yet" {...(action === undefined ? {} : { action })}>
      Customers are who your orders are for. A name is enough to begin with.
    </EmptyState>
  );
}
