"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { listItemsInputSchema } from "../../../server/items/contract.ts";
import type { Item } from "../../../server/items/contract.ts";
import { useCanEdit } from "../../_client/farm.tsx";
import { sortBy, useListAddress } from "../../_client/list-address.ts";
import { ListView } from "../../_client/list-view.tsx";
import { Money } from "../../_client/numbers.tsx";
import { SearchBox } from "../../_client/search-box.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { LinkButton, TextLink } from "../../_ui/button.tsx";
import { EmptyState } from "../../_ui/empty-state.tsx";
import { Field, Select } from "../../_ui/field.tsx";
import type { Column } from "../../_ui/table.tsx";
import { Thumbnail } from "./picture.tsx";
import { Stock } from "./stock.tsx";

/** All items: searched, sorted and turned page by page through the address. */
export function ItemsList() {
  const trpc = useTRPC();
  const address = useListAddress(listItemsInputSchema, ["search", "show"]);
  const query = useQuery(trpc.items.list.queryOptions(address.input, { placeholderData: keepPreviousData }));
  // A farm that takes no pictures sees no empty places for them.
  const hasPictures = query.data?.rows.some((item) => item.imageSha256 !== null) === true;
  const columns: Column<Item>[] = [
    {
      key: "name",
      title: "Name",
      heading: true,
      sort: sortBy(address, "name"),
      cell: (item) => (
        <span className="flex items-center gap-3">
          {hasPictures ? <Thumbnail sha256={item.imageSha256} /> : null}
          <span className="min-w-0">
            <TextLink href={`/items/${item.id}`}>{item.name}</TextLink>
            {item.active ? null : <span className="font-normal text-muted"> · no longer sold</span>}
          </span>
        </span>
      ),
    },
    { key: "sku", title: "SKU", sort: sortBy(address, "sku"), cell: (item) => <span className="break-all">{item.sku}</span> },
    { key: "material", title: "Material", cell: (item) => item.material },
    { key: "onHand", title: "In stock", align: "end", sort: sortBy(address, "onHand"), cell: (item) => <Stock item={item} /> },
    {
      key: "sellingPrice",
      title: "Price",
      align: "end",
      sort: sortBy(address, "sellingPrice"),
      cell: (item) => <Money amount={item.sellingPrice} />,
    },
  ];
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchBox
          label="Search items"
          placeholder="Name, SKU or material"
          value={address.input.search}
          onSearch={(search) => {
            address.replace({ search });
          }}
        />
        <Field label="Show" hideLabel className="basis-44">
          <Select
            value={address.input.show}
            onChange={(event) => {
              address.replace({ show: event.target.value === "all" ? "" : event.target.value });
            }}
          >
            <option value="all">All items</option>
            <option value="active">Only those sold</option>
            <option value="low">Only low stock</option>
          </Select>
        </Field>
      </div>
      <ListView query={query} noun="items" columns={columns} address={address} empty={<NoItems />} />
    </>
  );
}

function NoItems() {
  const action = useCanEdit() ? <LinkButton href="/items/new">Add the first item</LinkButton> : undefined;
  return (
    <EmptyState icon={Boxes} title="No items yet" {...(action === undefined ? {} : { action })}>
      Items are what you stock or sell: filament, printed parts, hardware. Orders can take their price from here.
    </EmptyState>
  );
}
