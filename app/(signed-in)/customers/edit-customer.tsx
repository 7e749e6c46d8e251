"use client";

import { useQuery } from "@tanstack/react-query";
import { LoadProblem } from "../../_client/list-view.tsx";
import { useTRPC } from "../../_client/trpc.tsx";
import { PageHead } from "../../_ui/page-head.tsx";
import { DetailSkeleton } from "../../_ui/skeleton.tsx";
import { CustomerForm } from "./customer-form.tsx";

/** Loads a customer into the form. */
export function EditCustomer({ id }: { id: string }) {
  const query = useQuery(useTRPC().customers.get.queryOptions({ id }));
  if (query.isPending) return <DetailSkeleton label="Loading the customer" />;
  const back = { href: `/customers/${id}`, text: query.data?.name ?? "Customer" };
  return (
    <>
      <PageHead title="Edit customer" back={back} />
      {query.data === undefined ? (
        <LoadProblem error={query.error} onAgain={() => void query.refetch()} />
      ) : (
        <CustomerForm customer={query.data} />
      )}
    </>
  );
}
