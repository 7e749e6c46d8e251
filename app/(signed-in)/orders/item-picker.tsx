"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Item } from "../../../server/items/contract.ts";
import { useFarm } from "../../_client/farm.tsx";
import { moneyWords } from "../../_client/numbers.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { Combobox } from "../../_ui/combobox.tsx";

const OFFERED = 8;

/** Finds an item that is sold, by name, SKU or material. */
export function ItemPicker({ sku, onChoose }: { sku: string; onChoose: (item: Item | null) => void }) {
  const { currency } = useFarm();
  const [search, setSearch] = useState("");
  const query = useQuery(
    useTRPC().items.list.queryOptions({ search, show: "active", pageSize: OFFERED }, { placeholderData: keepPreviousData }),
  );
  const found = query.data?.rows ?? [];
  return (
    <Combobox
      chosen={sku}
      options={found.map(({ id, name, sku: number, sellingPrice }) => ({
        id,
        text: name,
        detail: `${number} · ${moneyWords(sellingPrice, currency)}`,
      }))}
      loading={query.isFetching}
      placeholder="Search items"
      onSearch={setSearch}
      onChoose={(id) => {
        onChoose(found.find((candidate) => candidate.id === id) ?? null);
      }}
    />
  );
}
