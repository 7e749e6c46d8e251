"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "../../_client/trpc.tsx";
import { Combobox } from "../../_ui/combobox.tsx";
import type { OrderValues } from "./order-values.ts";

const OFFERED = 8;

/** Finds a customer by name, number, e-mail or phone. */
export function CustomerPicker({
  customer,
  onChoose,
}: {
  customer: OrderValues["customer"];
  onChoose: (customer: OrderValues["customer"]) => void;
}) {
  const [search, setSearch] = useState("");
  const query = useQuery(
    useTRPC().customers.list.queryOptions({ search, pageSize: OFFERED }, { placeholderData: keepPreviousData }),
  );
  const found = query.data?.rows ?? [];
  return (
    <Combobox
      chosen={customer?.name ?? ""}
      options={found.map(({ id, name, number, email }) => ({
        id,
        text: name,
        detail: email === "" ? number : `${number} · ${email}`,
      }))}
      loading={query.isFetching}
      placeholder="Search by name or number"
      onSearch={setSearch}
      onChoose={(id) => {
        const chosen = found.find((candidate) => candidate.id === id);
        onChoose(chosen === undefined ? null : { id: chosen.id, name: chosen.name });
      }}
    />
  );
}
