"use client";

import { useQuery } from "@tanstack/react-query";
import { LoadProblem } from "../../_client/list-view.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton } from "../../_ui/skeleton.tsx";
import { ItemForm } from "./item-form.tsx";

/** Loads an item into the form. */
export function EditItem({ id }: { id: string }) {
  const query = useQuery(useTRPC().items.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the item" />;
  const back = { href: `/items/${id}`, text: query.data?.name ?? "Item" };
  return (
    <>
      <PageHead title="Edit item" back={back} />
      {query.data === undefined ? (
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      ) : (
        <ItemForm item={query.data} />
      )}
    </>
  );
}
